import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { readSavedArchive } from '../../lib/engine/images/saved-archive.js';
import { digestOf, imageIdOf, plainDiffId } from '../../lib/oci/digest.js';
import { configIn, imagesIn, isConfigOf, listsLayers, parseDocument } from '../../lib/oci/image-documents.js';
import { parsePlatform } from '../../lib/oci/image-platform.js';
import { partsIn } from '../../lib/oci/reference.js';
import { filesOfTar } from '../../lib/oci/tar-files.js';
import { TAR_END, tarFile, tarHeader } from '../../lib/oci/tar-writer.js';
import { NotAssembled } from '../../lib/transfer/base/failures.js';
import { blocksOf } from '../../lib/transfer/contents/layer-index.js';
import { PlainLayer } from '../../lib/transfer/contents/plain-layer.js';
import { ArchiveIndex } from '../../lib/transfer/source/archive-index.js';
import { assembleLayer, FolderContents } from '../../lib/transfer/stores/assemble-layer.js';
import { splitEntries, splitSummary } from '../../lib/transfer/stores/tar-split.js';
import { listing } from '../lib/transfer/contents/records.js';
import { type Parser, reading } from './parser.js';

const base64 = (text: Buffer) => text.toString('base64');
const member = (name: string, content: string) => tarFile(name, Buffer.from(content));
const record = (text: string) => `${text.length + 3} ${text}\n`;
const pax = Buffer.concat([tarHeader('pax', 17), Buffer.from(record('path=dir/file1').padEnd(512, '\0'))]);
pax.write('x', 156);
const LAYER = withSums(
  Buffer.concat([
    pax,
    member('a', 'hello'),
    member('dir/.wh.b', ''),
    member('dir/.wh..wh..opq', ''),
    TAR_END,
  ]),
);

const DIFF_ID = plainDiffId(digestOf(LAYER));
const CONFIG = Buffer.from(
  JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { diff_ids: [DIFF_ID] } }),
);
const blob = (content: Buffer, mediaType: string) => ({
  mediaType,
  digest: digestOf(content),
  size: content.length,
});
const MANIFEST = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    config: blob(CONFIG, 'application/vnd.oci.image.config.v1+json'),
    layers: [blob(LAYER, 'application/vnd.oci.image.layer.v1.tar')],
  }),
);
const pathOf = (content: Buffer) => `blobs/sha256/${digestOf(content).slice('sha256:'.length)}`;
const LEGACY = JSON.stringify([{ Config: pathOf(CONFIG), RepoTags: ['a:b'], Layers: [pathOf(LAYER)] }]);
const ARCHIVE = Buffer.concat([
  tarFile(pathOf(LAYER), LAYER),
  tarFile(pathOf(CONFIG), CONFIG),
  tarFile(pathOf(MANIFEST), MANIFEST),
  member(
    'index.json',
    JSON.stringify({ manifests: [blob(MANIFEST, 'application/vnd.oci.image.manifest.v1+json')] }),
  ),
  member('manifest.json', LEGACY),
  TAR_END,
]);
const SPLIT = [
  { type: 2, payload: base64(LAYER.subarray(0, 1536)), position: 0 },
  { type: 1, name: 'a', size: 5, payload: 'AAAAAAAAAAA=', position: 1 },
  { type: 1, name_raw: base64(Buffer.from([0xff])), size: 0, payload: null, position: 2 },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

function chunksOf(input: Buffer): Buffer[] {
  const length = 1000;
  return Array.from({ length: Math.ceil(input.length / length) }, (_, i) =>
    input.subarray(i * length, (i + 1) * length),
  );
}

async function* asyncOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

/** With the sums that headers need: what is damaged would else be no header. */
function withSums(archive: Buffer): Buffer {
  const mended = Buffer.from(archive);
  for (let at = 0; at + 512 <= mended.length; at += 512) {
    const header = mended.subarray(at, at + 512);
    if (header.toString('latin1', 257, 262) !== 'ustar') continue;
    header.write('        ', 148, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  }
  return mended;
}

function scanLayer(input: Buffer): void {
  const { scanner, index } = listing();
  const pieces = chunksOf(input).flatMap((chunk) => scanner.push(chunk));
  const whole = Buffer.concat([...pieces, ...scanner.end()].map(({ bytes }) => bytes));
  if (!whole.equals(input)) throw new Error('the pieces are not the layer');
  blocksOf([index(), index()], ['/x']);
}

async function readArchive(input: Buffer): Promise<void> {
  const platform = { os: 'linux', architecture: 'amd64' };
  const index = new ArchiveIndex({
    id: imageIdOf(digestOf(CONFIG)),
    platform,
    diffIds: [DIFF_ID],
    volumes: [],
    likeness: '',
  });
  for await (const file of readSavedArchive(Readable.from(chunksOf(input), { objectMode: false }))) {
    index.note(file);
    if (index.layerIn(file)) for await (const chunk of file.content) void chunk;
    else await index.learn(file);
  }
}

/** Whatever comes, no path leads out. */
async function readFiles(input: Buffer): Promise<void> {
  const archive = Readable.from(chunksOf(input), { objectMode: false });
  for await (const { path, kind, target, content } of filesOfTar(archive)) {
    const paths = kind === 'hard link' ? [path, target] : [path];
    if (paths.some((one) => one.startsWith('/') || one.split('/').includes('..')))
      throw new TypeError(`${paths.join(' and ')} leads out`);
    for await (const chunk of content) void chunk;
  }
}

/** What a source fails with is said as a sentence about it. */
const SOURCE = [Error];

export const images: readonly Parser[] = [
  { name: 'files out of a container', samples: [LAYER], parse: readFiles, fails: SOURCE },
  { name: 'a layer', samples: [LAYER], parse: (input) => scanLayer(withSums(input)) },
  {
    ...{ name: 'a layer in gzip', samples: [gzipSync(LAYER)], fails: SOURCE },
    async parse(input) {
      const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
      const layer = new PlainLayer({
        mediaType,
        size: input.length,
        digest: digestOf(input),
        diffId: DIFF_ID,
      });
      for await (const piece of layer.over(chunksOf(input))) void piece;
    },
  },
  {
    name: 'a saved image',
    samples: [ARCHIVE],
    parse: (input) => readArchive(withSums(input)),
    fails: SOURCE,
  },
  reading('documents of an image', [MANIFEST, CONFIG, LEGACY], (text) => {
    const document = parseDocument(Buffer.from(text));
    imagesIn(document);
    configIn(document);
    isConfigOf(document, [DIFF_ID], 'amd64');
    listsLayers(Buffer.from(text), [blob(LAYER, 'x')]);
  }),
  {
    ...{ name: 'what overlay2 keeps of a layer', samples: [SPLIT], fails: [NotAssembled] },
    async parse(input) {
      const packed = gzipSync(input, { level: 1 });
      await splitSummary(packed);
      const folder = Buffer.concat([member('0/a', 'hello'), TAR_END]);
      for await (const bytes of assembleLayer(splitEntries(packed), new FolderContents(asyncOf([folder]))))
        void bytes;
    },
  },
  {
    ...{ name: 'the same, packed', samples: [gzipSync(SPLIT)], fails: [NotAssembled] },
    parse: async (input) => void (await splitSummary(input)),
  },
  {
    ...{
      name: "a layer's folder",
      samples: [Buffer.concat([member('0/a', 'hello'), TAR_END])],
      fails: [NotAssembled],
    },
    async parse(input) {
      const split = splitEntries(gzipSync(SPLIT));
      for await (const bytes of assembleLayer(split, new FolderContents(asyncOf(chunksOf(withSums(input))))))
        void bytes;
    },
  },
  reading(
    'a platform',
    ['linux/arm/v7', 'aarch64', 'windows(10.0.17763)/amd64'],
    (text) => void parsePlatform(text),
  ),
  reading(
    'a name in an answer',
    ['docker.io/library/a:b', 'localhost:5000/a@sha256:0'],
    (text) => void partsIn(text),
  ),
];
