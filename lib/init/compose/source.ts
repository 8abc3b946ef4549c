import { readFile } from 'node:fs/promises';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { printable } from '../../text/printable.js';
import { isRecord } from '../../text/record.js';
import { codeOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';

export type Path = readonly (string | number)[];

/** A compose file as plain values, and where each stands. */
export interface ComposeSource {
  /** As the user wrote it. */
  file: string;
  value: Record<string, unknown>;
  /** The line, counted from 1, of what stands at a path, or of the nearest thing around it. */
  lineOf: (path: Path) => number;
}

/**
 * @param path absolute
 * @param file as the user wrote it
 * @throws {UserError} `NO_COMPOSE_FILE`, `BAD_COMPOSE_FILE`
 */
export async function readCompose(path: string, file: string): Promise<ComposeSource> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError('NO_COMPOSE_FILE', `${printable(file)} cannot be read (${codeOf(cause)}).`, {
      cause,
    });
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const [wrong] = document.errors;
  if (wrong) throw bad(`${printable(file)}:${lines.linePos(wrong.pos[0]).line}`, printable(wrong.message));
  const value = plain(() => document.toJS({ maxAliasCount: MOST_ALIASES }), file);
  if (!isRecord(value)) throw bad(printable(file), 'it is no compose file: no services stand in it');
  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  return {
    file: printable(file),
    value,
    lineOf: (place) => lines.linePos(offsetOf(resolve, document.contents, place)).line,
  };
}

/** More make a small file fill the memory. */
const MOST_ALIASES = 1_000;

function plain(read: () => unknown, file: string): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReferenceError) throw bad(printable(file), error.message);
    throw error;
  }
}

function bad(place: string, reason: string): UserError {
  return new UserError('BAD_COMPOSE_FILE', `${place}: ${reason.replace(/\.$/, '')}.`);
}

/** Where the last thing of a path begins that has a place of its own: what `<<` merges in stands elsewhere. */
function offsetOf(resolve: (node: unknown) => unknown, contents: Node | null, path: Path): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const key of path) {
    const parent = resolve(node);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) return offset;
      offset = rangeStart(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(parent)) {
      node = parent.items[Number(key)];
      offset = rangeStart(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function rangeStart(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}
