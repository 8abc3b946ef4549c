import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../../lib/project/index.js';

/**
 * Whether an image may be built from others of the project, as far as one look at its Dockerfile tells: whoever lists
 * tasks has no time for more. `false` is certain.
 */
export function mayNeedImages({ root, name, images, config }: Project, image: string): boolean {
  const sections = [config.defaults, ...config.sections.values()];
  const values = (key: string) => sections.flatMap(({ entries }) => entries.get(key)?.value ?? []);
  const named = values('name').map(({ text }) => text);
  // Flags may name another Dockerfile, or contexts.
  if (['build_args', 'build_args_docked'].some((key) => values(key).length > 0)) return true;
  if (named.some(isUncertain)) return true;
  const names = new Set([...images, ...named].map(lastPart));
  return referencesIn(root, image).some((reference) => {
    const part = lastPart(reference);
    return (
      isUncertain(reference) ||
      names.has(part) ||
      [`${name}-`, `${name}_`].some((start) => part.startsWith(start))
    );
  });
}

/** Whether something is put into a text before it counts. */
function isUncertain(text: string): boolean {
  return /[$%{\\`"']/.test(text);
}

/** What stands behind FROM and `from=`; a word that says nothing certain where the file cannot be read. */
function referencesIn(root: string, image: string): string[] {
  try {
    const text = readFileSync(join(root, 'docker', image, 'Dockerfile'), 'utf8');
    const found = text.matchAll(/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)|\bfrom=([^\s,]+)/gim);
    return [...found].map(([, base, other]) => withDefault(base ?? other ?? '', text));
  } catch {
    return ['$'];
  }
}

/** The default of the argument that a reference consists of, where one line says it. */
function withDefault(reference: string, text: string): string {
  const [, name] = /^\$\{?(\w+)\}?$/.exec(reference) ?? [];
  const lines = text.matchAll(/^[ \t]*ARG[ \t]+(\w+)=(\S+)[ \t]*\r?$/gim);
  const defaults = [...lines].flatMap(([, arg, value = '']) => (arg === name ? [value] : []));
  return (defaults.length === 1 ? defaults[0] : undefined) ?? reference;
}

/** `app` of `registry/team/app:tag`. */
function lastPart(reference: string): string {
  const [name = ''] = reference.slice(reference.lastIndexOf('/') + 1).split(/[:@]/);
  return name.trim();
}
