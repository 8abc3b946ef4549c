import { type Table, tableAt } from '../project-files.js';

/** Whether the project builds with setuptools-scm 9 or later by what `build-system.requires` says. */
export function requiresScm9(pyproject: Table): boolean {
  return requirements(pyproject).some(
    ({ extras, specifier }) =>
      extras.includes('simple') || /(?:>=|~=|==|>)\s*(?:9|[1-9]\d+)(?!\d)/.test(specifier),
  );
}

/** Whether it asks for a version without a table of its own: `setuptools-scm[simple]` and a dynamic version. */
export function requiresSimple(pyproject: Table): boolean {
  const dynamic = tableAt(pyproject, 'project')?.dynamic;
  if (!Array.isArray(dynamic) || !dynamic.includes('version')) return false;
  return requirements(pyproject).some(({ extras }) => extras.includes('simple'));
}

function requirements(pyproject: Table): { extras: string[]; specifier: string }[] {
  const requires = tableAt(pyproject, 'build-system')?.requires;
  if (!Array.isArray(requires)) return [];
  return requires.flatMap((requirement) => {
    const match = /^\s*setuptools[-_.]+scm\s*(?:\[([^\]]*)\])?([^;]*)/i.exec(String(requirement));
    if (!match) return [];
    const [, extras = '', specifier = ''] = match;
    return [{ extras: extras.split(',').map((extra) => extra.trim()), specifier }];
  });
}
