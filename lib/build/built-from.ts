import { relative, sep } from 'node:path';
import { readCsv } from '../flags/csv.js';
import { cut } from '../flags/key-value.js';
import { flagValues, type Instruction, quotedWords, triggerOf } from './dockerfile/instruction.js';
import type { Recipe } from './recipe.js';

/**
 * What of the project an image is built from, as far as its Dockerfile says it without variables: the Dockerfile itself, and
 * the sources of COPY, ADD and `RUN --mount=type=bind`. Relative to the project's folder, with wildcards as they are written;
 * `''` is all of it.
 */
export function builtFrom({ dockerfile: { path, parsed } }: Recipe, root: string): string[] {
  const own = relative(root, path).split(sep).join('/');
  const sources = parsed.instructions
    .map((instruction) =>
      instruction.keyword === 'ONBUILD' ? triggerOf(instruction, parsed.escape) : instruction,
    )
    .flatMap((instruction) => sourcesIn(instruction, parsed.escape));
  return [...new Set([own, ...sources.filter((source) => !source.includes('$')).map(normal)])];
}

function sourcesIn(instruction: Instruction, escape: string): string[] {
  const { keyword, rest } = instruction;
  if (keyword === 'RUN') return flagValues(instruction, 'mount').flatMap(mountedSource);
  if (!['COPY', 'ADD'].includes(keyword) || flagValues(instruction, 'from').length > 0) return [];
  const words = wordsOf(rest) ?? quotedWords(instruction, escape).map(unquoted);
  return words.slice(0, -1).filter((word) => !/^<<|:\/\/|^git@/.test(word));
}

/** Written as a list of JSON. */
function wordsOf(rest: string): string[] | undefined {
  try {
    const list: unknown = rest.startsWith('[') ? JSON.parse(rest) : undefined;
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}

function mountedSource(mount: string): string[] {
  const fields = new Map(fieldsOf(mount).map((field) => cut(field, '=')));
  const from = fields.get('from') ?? '';
  if ((fields.get('type') ?? 'bind') !== 'bind' || from !== '') return [];
  return [fields.get('source') ?? fields.get('src') ?? '.'];
}

function fieldsOf(mount: string): string[] {
  try {
    return readCsv(mount);
  } catch {
    // A build says what is wrong with it.
    return ['type=?'];
  }
}

function unquoted(word: string): string {
  return word.replace(/["']/g, '');
}

function normal(source: string): string {
  return source
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
