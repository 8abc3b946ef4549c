import { isListOf, isText } from '../../text/record.js';
import type { IndexedFile, LayerIndex } from './layer-index.js';

/** What an index notes of one member of a layer's archive; a later one of the same path replaces it. */
export type IndexEntry = IndexedFile | { kind: Kind; path: string };

/** As in {@link LayerIndex}. */
type Kind = 'folders' | 'others' | 'whiteouts' | 'opaque';

const LETTERS = { d: 'folders', o: 'others', w: 'whiteouts', q: 'opaque' } as const;
const LETTER_OF = { folders: 'd', others: 'o', whiteouts: 'w', opaque: 'q' } as const;

/** An entry as a line of JSON. */
export function lineOf(entry: IndexEntry): string {
  const fields =
    'kind' in entry ? [LETTER_OF[entry.kind], entry.path] : ['f', entry.path, entry.size, ...entry.blocks];
  return `${JSON.stringify(fields)}\n`;
}

/** The last line: only with it is an index complete. */
export function endLine(size: number): string {
  return `${JSON.stringify(['end', size])}\n`;
}

/** The index that lines make up; undefined where one is no such line, or the last one is missing. */
export function indexIn(lines: Iterable<string>): LayerIndex | undefined {
  const builder = new IndexBuilder();
  for (const line of lines) {
    const fields: unknown = JSON.parse(line);
    if (!isList(fields)) return undefined;
    const [letter, value, size, ...blocks] = fields;
    if (letter === 'end') return typeof value === 'number' ? builder.index(value) : undefined;
    const entry = entryOf(letter, value, { size, blocks });
    if (!entry) return undefined;
    builder.add(entry);
  }
  return undefined;
}

function entryOf(
  letter: unknown,
  path: unknown,
  { size, blocks }: { size: unknown; blocks: unknown[] },
): IndexEntry | undefined {
  if (!isText(path)) return undefined;
  if (letter === 'f')
    return typeof size === 'number' && isListOf(blocks, isText) ? { path, size, blocks } : undefined;
  return isLetter(letter) ? { kind: LETTERS[letter], path } : undefined;
}

function isLetter(value: unknown): value is keyof typeof LETTERS {
  return typeof value === 'string' && Object.hasOwn(LETTERS, value);
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

/** Makes an index of its entries. */
export class IndexBuilder {
  readonly #files = new Map<string, IndexedFile>();
  readonly #paths = {
    folders: new Set<string>(),
    others: new Set<string>(),
    whiteouts: new Set<string>(),
    opaque: new Set<string>(),
  };

  add(entry: IndexEntry): void {
    if (!('kind' in entry)) {
      this.#paths.others.delete(entry.path);
      this.#files.set(entry.path, entry);
      return;
    }
    const { kind, path } = entry;
    if (kind === 'folders' || kind === 'others') this.#files.delete(path);
    this.#paths[kind].add(path);
  }

  /** @param size bytes of the layer's uncompressed archive */
  index(size: number): LayerIndex {
    const { folders, others, whiteouts, opaque } = this.#paths;
    return {
      size,
      files: [...this.#files.values()],
      folders: [...folders],
      others: [...others],
      whiteouts: [...whiteouts],
      opaque: [...opaque],
    };
  }
}
