import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { plainLayer } from '../../../../../lib/oci/blob.js';
import { digestOf, plainDiffId } from '../../../../../lib/oci/digest.js';
import { layerPath } from '../../../../../lib/oci/image-archive.js';
import { isFile, TarReader } from '../../../../../lib/oci/tar-reader.js';
import { tarHeader, tarPadding } from '../../../../../lib/oci/tar-writer.js';
import { readRecord } from '../../../../../lib/transfer/contents/index-record.js';
import { knownFiles } from '../../../../../lib/transfer/contents/known-files.js';
import { BLOCK, blocksOf, type LayerIndex } from '../../../../../lib/transfer/contents/layer-index.js';
import { PlainLayer } from '../../../../../lib/transfer/contents/plain-layer.js';
import { DeltaForm } from '../../../../../lib/transfer/packing/delta-form.js';
import { sparedByAll } from '../../../../../lib/transfer/packing/form.js';
import { Operations } from '../../../../../lib/transfer/packing/operations.js';
import { assembleLayer } from '../../../../../lib/transfer/stores/assemble-layer.js';
import { ChangedContents, type KnownContent } from '../../../../../lib/transfer/stores/changed-contents.js';
import type { SplitFile } from '../../../../../lib/transfer/stores/tar-split.js';
import { layerArchive, type Member } from '../../contents/layer-archives.js';
import { listing } from '../../contents/records.js';
import { ANSWER, type HelperBench } from './helper-process.js';

const END = Buffer.from('the end of what the helper is given');

/** Tries pairs of images: what the helper of an architecture rebuilds is right, and nothing is sent that is there. */
export async function rebuildsEveryLayer(bench: HelperBench, runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(images, fc.nat(), fc.constantFrom(...FORMS), async ({ old, edited }, seed, form) => {
      const root = await mkdtemp(join(tmpdir(), 'rebuild-test-'));
      try {
        for (const members of old) await apply(root, members);
        const archive = layerArchive(edited);
        const { operations, literal } = await deltaOf(archive, old.map(layerArchive), seed, form);
        const { received, output, complaint } = await bench.run(operations, root, END);
        expect(complaint).to.equal('the input ended early\n');
        expect(output).to.equal(`${ANSWER}\0`);
        const head = tarHeader(layerPath(digestOf(archive)), archive.length);
        const file = Buffer.concat([head, archive, tarPadding(archive.length)]);
        expect(Buffer.compare(unchunked(received), file)).to.equal(0);
        expect(literal).to.be.at.most(archive.length - (await bytesIn(root, edited)));
      } finally {
        await rm(root, { recursive: true });
      }
    }),
    { numRuns: runs },
  );
}

/** How a source has a layer: as a file, or so that files in it are known without being read. */
const FORMS = ['plain', 'gzip', 'stored'] as const;

/** The operations of a delta, and how many bytes of the archive go literally. */
async function deltaOf(archive: Buffer, old: readonly Buffer[], seed: number, form: (typeof FORMS)[number]) {
  const layers = old.map(indexOf);
  const diffId = plainDiffId(digestOf(archive));
  const file = form === 'gzip' ? gzipSync(archive) : archive;
  const mediaType = form === 'gzip' ? 'application/vnd.oci.image.layer.v1.tar+gzip' : 'tar';
  const layer = { diffId, digest: digestOf(file), mediaType, size: file.length };
  const plain = new PlainLayer(layer);
  const blocks = blocksOf(layers);
  const packer = new DeltaForm(blocks).packer(layer);
  let literal = 0;
  const take = () => {
    const pieces = plain.take();
    for (const piece of pieces)
      if ('bytes' in piece && (piece.hash === undefined || !blocks.has(piece.hash)))
        literal += piece.bytes.length;
    return pieces;
  };
  const begin = new Operations();
  begin.open();
  const operations = [await begin.take()];
  const known = knownFiles(old.map(filesIn), layers);
  const content = form === 'stored' ? changed(archive, new DeltaForm(blocks, known)) : chunks(file, seed);
  for await (const _ of plain.over(content))
    operations.push(await packer.pack(Buffer.alloc(0), take(), 'little'));
  const { packed, sent } = await packer.end(take());
  expect(sent).to.deep.equal(plainLayer(diffId, archive.length));
  const record = await plain.index();
  expect(record && (await readRecord(record))).to.deep.equal(indexOf(archive));
  const end = new Operations();
  end.literal(END);
  end.answer();
  operations.push(packed, await end.take());
  return { operations, literal };
}

/** The archive, without the files that are known to be there. */
function changed(archive: Buffer, form: DeltaForm): AsyncIterable<Buffer | KnownContent> {
  const find = sparedByAll([form])!;
  const entries = splitEntries(archive);
  const unknown = filesIn(archive).filter((entry) => find(entry) === undefined);
  const contents = new Map(entries.flatMap((entry) => ('content' in entry ? [[entry.path, entry]] : [])));
  const read = ({ path }: SplitFile) => Readable.from([contents.get(path)!.content]);
  return assembleLayer(Readable.from(entries), new ChangedContents(find, unknown, read));
}

type Entry = { bytes: Buffer } | (SplitFile & { content: Buffer });

const filesIn = (archive: Buffer) => splitEntries(archive).filter((entry) => 'path' in entry);

/** What an engine keeps of the archive, with the contents. */
function splitEntries(archive: Buffer): Entry[] {
  return new TarReader().push(archive).map(({ bytes, of }) => {
    if (!of || !isFile(of)) return { bytes };
    return { path: of.path!, size: of.size, checksum: digestOf(bytes), content: bytes };
  });
}

function indexOf(archive: Buffer): LayerIndex {
  const { scanner, index } = listing();
  const pieces = [...scanner.push(archive), ...scanner.end()];
  expect(Buffer.compare(Buffer.concat(pieces.map(({ bytes }) => bytes)), archive)).to.equal(0);
  return index();
}

/** In pieces of odd sizes, as a network gives them. */
function* chunks(bytes: Buffer, seed: number): Generator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = 1 + ((seed + i * 7919) % (i % 3 === 0 ? 700 : 200_000));
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** The body of a request in chunks. */
function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; !body.subarray(at).equals(END);) {
    const end = body.indexOf('\r\n', at);
    const length = parseInt(body.toString('latin1', at, end), 16);
    parts.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
  return Buffer.concat(parts);
}

const pathOf = (root: string, path: string) => Buffer.from(`${root}/${path}`, 'latin1');
const parents = (path: string) => {
  const names = path.split('/').slice(0, -1);
  return names.map((_, i) => names.slice(0, i + 1).join('/'));
};

/** Puts a layer on top of a folder, as an engine does. */
async function apply(root: string, members: readonly Member[]): Promise<void> {
  const remove = (path: string) => rm(pathOf(root, path), { recursive: true, force: true });
  for (const { path } of members.filter((member) => member.path.includes('.wh.'))) {
    for (const folder of parents(path)) await ensureFolder(root, folder);
    const [, folder = '', name = ''] = /^((?:.*\/)?)\.wh\.(.*)$/s.exec(path) ?? [];
    if (name === '.wh..opq') {
      const names = await readdir(pathOf(root, folder), { encoding: 'latin1' });
      for (const child of names) await remove(folder + child);
    } else if (name !== '') await remove(folder + name);
  }
  for (const { path, type, content, link = '' } of members) {
    if (path.includes('.wh.')) continue;
    for (const folder of parents(path)) await ensureFolder(root, folder);
    if (type === '5') await ensureFolder(root, path);
    else {
      await remove(path);
      if (type === '0') await writeFile(pathOf(root, path), content ?? '');
      // Whatever it is: no file whose content could be read.
      else await symlink(Buffer.from(link || 'nowhere', 'latin1'), pathOf(root, path));
    }
  }
}

async function ensureFolder(root: string, path: string): Promise<void> {
  const isFolder = await lstat(pathOf(root, path)).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  await rm(pathOf(root, path), { force: true });
  await mkdir(pathOf(root, path));
}

/** Bytes of those files that stand in the folder just so. */
async function bytesIn(root: string, members: readonly Member[]): Promise<number> {
  let bytes = 0;
  for (const { path, type, content } of members) {
    if (
      type !== '0' ||
      !content ||
      content.length < 64 ||
      /^(proc|sys|dev|etc\/hosts$|etc\/hosts\/)/.test(path)
    )
      continue;
    const plain = await lstat(pathOf(root, path)).catch(() => undefined);
    if (plain?.isFile() && (await readFile(pathOf(root, path))).equals(content)) bytes += content.length;
  }
  return bytes;
}

const name = fc.constantFrom(
  ...['a', 'b', 'c', 'etc', 'hosts', 'proc', '.hidden', 'with space', 'line\nfeed', '\xff\xfe', 'é'],
  'n'.repeat(120),
);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const content = fc
  .record({
    seed: fc.nat(5),
    size: fc.constantFrom(0, 1, 63, 64, 65, 511, 512, 5_000, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 17),
  })
  .map(({ seed, size }) => contentOf(seed, size));
const records = fc.constantFrom<Record<string, string>>(
  {},
  {},
  { 'SCHILY.xattr.security.capability': '\x01\0\0\x02\0 =\n\xff' },
  { mtime: '1700000000.123456789', atime: '1' },
);
const more = { records, mtime: fc.nat(2 ** 30), long: fc.constantFrom<'pax' | 'gnu'>('pax', 'gnu') };
const file = fc.record({ path, type: fc.constant<'0'>('0'), content, ...more });
const other = fc.record({
  path,
  type: fc.constantFrom<Member['type']>('1', '2', '3', '4', '5', '5', '6'),
  link: path,
  ...more,
});
const whiteout = fc.record({
  path: fc
    .tuple(fc.constant(''), path, fc.boolean())
    .map(([, at, opaque]) => (opaque ? `${at}/.wh..wh..opq` : at.replace(/[^/]*$/, '.wh.$&'))),
  type: fc.constant<'0'>('0'),
});
const layer = fc
  .array(fc.oneof({ weight: 6, arbitrary: file }, { weight: 2, arbitrary: other }, whiteout), {
    maxLength: 25,
  })
  .map(sane);
const images = fc
  .record({ old: fc.array(layer, { minLength: 1, maxLength: 3 }), fresh: layer, changed: fc.func(fc.nat(9)) })
  .map(({ old, fresh, changed }) => {
    const kept = old.flat().filter((member) => changed(member.path) < 8);
    const touched = kept.map((member) => ({ ...member, mtime: 1_700_000_000 }));
    return { old, edited: sane([...touched, ...fresh]) };
  });

/** Leaves out what cannot stand in one layer beside what comes before it. */
function sane(members: readonly Member[]): Member[] {
  const chosen = new Map<string, Member>();
  const folders = new Set<string>();
  for (const member of members) {
    const above = parents(member.path);
    if (chosen.has(member.path) || (folders.has(member.path) && member.type !== '5')) continue;
    if (above.some((folder) => (chosen.get(folder)?.type ?? '5') !== '5')) continue;
    chosen.set(member.path, member);
    for (const folder of above) folders.add(folder);
  }
  return [...chosen.values()];
}

function contentOf(seed: number, size: number): Buffer {
  const unit = createHash('sha512').update(String(seed)).digest();
  return Buffer.concat(Array<Buffer>(Math.ceil(size / unit.length)).fill(unit)).subarray(0, size);
}
