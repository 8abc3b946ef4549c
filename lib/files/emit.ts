import { constants, type Stats, statSync } from 'node:fs';
import { posix } from 'node:path';
import { addAbortSignal, PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished, pipeline } from 'node:stream/promises';
import Vinyl from 'vinyl';
import type { TarFile } from '../oci/tar-files.js';
import { whyLeftOut } from '../system/unpack.js';
import { staysInside } from '../system/unpacked-tree.js';
import { UserError } from '../text/user-error.js';
import type { Wanted, WantedPattern } from './patterns.js';
import type { FileSource } from './source.js';

export interface EmitOptions {
  /** Takes a file; resolves when there may be another one. */
  emit: (file: Vinyl) => Promise<void>;
  /** Whether contents are read whole, as `gulp.src` does, and are streams otherwise. */
  buffer: boolean;
  /** Whether a pattern may match nothing. */
  allowEmpty: boolean;
  /** Hears of what is left out. */
  warn: (sentence: string) => void;
  /** For messages: the image. */
  whole: string;
  /** Aborted where nobody will read what has been given. */
  signal: AbortSignal;
}

/**
 * Gives the wanted files of a source as Vinyl files, each once, with the paths that they have there. Folders are not
 * given; links are where they lead to something below their pattern's base.
 *
 * @throws {UserError} `FILES_MISSING` for a pattern that nothing matches
 */
export async function emitFiles(source: FileSource, wanted: Wanted, options: EmitOptions): Promise<number> {
  const given = new Set<string>();
  for (const pattern of wanted.patterns) {
    const before = given.size;
    await emitOf(source, pattern, { ...options, wanted, given });
    if (given.size === before && !options.allowEmpty)
      throw new UserError(
        'FILES_MISSING',
        `${options.whole} has no file ${pattern.text}${given.size > 0 ? ' that other patterns do not name' : ''}: see the pattern, or say allowEmpty: true.`,
      );
  }
  return given.size;
}

interface Emitting extends EmitOptions {
  wanted: Wanted;
  given: Set<string>;
}

async function emitOf(source: FileSource, pattern: WantedPattern, all: Emitting): Promise<void> {
  const links: TarFile[] = [];
  const isWanted = ({ kind, path }: TarFile) =>
    kind !== 'folder' && pattern.matches(path) && !all.wanted.isLeftOut(path) && !all.given.has(path);
  for await (const file of (await source.at(pattern.place)) ?? []) {
    if (!isWanted(file)) continue;
    // Its content came under another name, and may have been passed over.
    if (file.kind === 'hard link') links.push(file);
    else await emitOne(file, pattern, all);
  }
  for (const { path, target } of links)
    for await (const file of (await source.at(target)) ?? []) await emitOne({ ...file, path }, pattern, all);
}

async function emitOne(file: TarFile, { base }: WantedPattern, all: Emitting): Promise<void> {
  const { kind, path, target, size, mode, modified } = file;
  const isLink = kind === 'link';
  if (kind === 'other' || (isLink && !staysInside(posix.relative(base, path), target)))
    return all.warn(`${path} of ${all.whole} is left out: ${whyLeftOut(base)}.`);
  all.given.add(path);
  const stat = statOf({
    mode: (isLink ? constants.S_IFLNK : constants.S_IFREG) | mode,
    size,
    mtime: modified,
  });
  const about = { cwd: '/', base, path, stat };
  if (isLink) return all.emit(Object.assign(new Vinyl({ ...about, contents: null }), { symlink: target }));
  if (all.buffer) return all.emit(new Vinyl({ ...about, contents: await buffer(file.content) }));
  const contents = addAbortSignal(all.signal, new PassThrough());
  const flow = pipeline(file.content, contents);
  const given = Promise.all([all.emit(new Vinyl({ ...about, contents })), flow, finished(contents)]);
  await given.catch((error: unknown) => {
    throw all.signal.aborted ? all.signal.reason : error;
  });
}

/** As `fs.stat` gives it: what writes the file again looks at its mode and times. Node makes no such object but of a file. */
function statOf(known: Pick<Stats, 'mode' | 'size' | 'mtime'>): Stats {
  const { mtime } = known;
  const mtimeMs = mtime.getTime();
  const times = { atime: mtime, ctime: mtime, birthtime: mtime, atimeMs: mtimeMs, mtimeMs, ctimeMs: mtimeMs };
  return Object.assign(statSync(process.execPath), known, times);
}
