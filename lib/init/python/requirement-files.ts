import { join, posix } from 'node:path';
import { readText } from '../../version/read-text.js';

/** Files for `pip install -r`, and those that they take up. */
export interface RequirementFiles {
  kind: 'requirements';
  files: readonly string[];
  beside: readonly string[];
}

/** Files for `pip install -r`, with all that they take up by `-r` and `-c`, however deep. */
export async function requirementFiles(
  root: string,
  names: readonly (string | undefined)[],
): Promise<RequirementFiles[]> {
  const files = names.filter((name) => name !== undefined);
  if (files.length === 0) return [];
  const all = new Set(files);
  for (const file of all)
    for (const other of takenUp((await readText(join(root, file))) ?? ''))
      all.add(posix.join(posix.dirname(file), other));
  return [{ kind: 'requirements', files, beside: [...all].slice(files.length) }];
}

function takenUp(text: string): string[] {
  const lines = text.matchAll(/^[ \t]*(?:-r|-c|--requirement|--constraint)[ \t=]*(\S+)/gm);
  return [...lines].map(([, file = '']) => file).filter((file) => file !== '' && !/^[a-z]+:|^\//i.test(file));
}
