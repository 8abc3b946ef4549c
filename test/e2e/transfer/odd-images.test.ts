import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import type { EngineName } from '../../bed/index.js';
import { outermost } from '../../circle.js';
import { oddArchive, type OddLayer } from './odd-archive.js';
import {
  layersOf,
  leftovers,
  type Near,
  newName,
  noise,
  openedEngines,
  prose,
  transfer,
} from './workbench.js';

const LENGTH = 1_000_000;
const one = { file: 'one', content: noise(LENGTH) };
const two = { file: 'two', content: prose(LENGTH) };

interface Odd {
  layers: readonly OddLayer[];
  labels?: Record<string, string>;
  /** Bytes that may cross the wire. */
  most: number;
}

const IMAGES: Readonly<Record<string, Odd>> = {
  'one layer in three packings': {
    layers: (['gzip', 'zstd', 'plain'] as const).map((packing) => ({ ...two, packing })),
    most: 1.1 * LENGTH,
  },
  'a layer in several places': {
    layers: [one, two, one, one].map((layer) => ({ ...layer, packing: 'gzip' })),
    most: 2.1 * LENGTH,
  },
  'a config over a megabyte': {
    layers: [{ ...one, packing: 'gzip' }],
    labels: { sbom: 'x'.repeat(1_300_000) },
    most: 2.5 * LENGTH,
  },
  'layers in zstd': {
    layers: [one, two].map((layer) => ({ ...layer, packing: 'zstd' })),
    most: 2.1 * LENGTH,
  },
};

const PAIRS: readonly (readonly [EngineName, EngineName])[] = [
  ['28-containerd', '26-containerd'],
  ['28-containerd', '20-overlay2'],
  ...outermost([['28-overlay2', '28-containerd']] as const),
];

describe('transfer of an image that no build makes:', function () {
  this.timeout(600_000);
  const name = newName();
  const opened = openedEngines(name);
  const nears = new Map<EngineName, Near>();

  async function engineOf(engine: EngineName, test: Mocha.Context): Promise<Near> {
    const near = nears.get(engine) ?? (await opened.near(test, engine));
    nears.set(engine, near);
    return near;
  }

  for (const [what, { layers, labels, most }] of Object.entries(IMAGES)) {
    for (const [from, to] of PAIRS) {
      it(`${what}, ${from} -> ${to}`, async function () {
        const [source, target] = [await engineOf(from, this), await engineOf(to, this)];
        const reference = `${name}-${Object.keys(IMAGES).indexOf(what)}:${from}-${to}`;
        await text(await source.docker.loadImage(Readable.from([oddArchive(reference, layers, labels)])));
        const { bytesSent } = await transfer(source.engine, target.engine, reference);
        expect(bytesSent).to.be.below(most);
        expect(await layersOf(target.docker, reference)).to.deep.equal(
          await layersOf(source.docker, reference),
        );
        const contents = new Map(layers.map(({ file, content }) => [file, content]));
        expect(await sizesIn(target.docker, reference, [...contents.keys()])).to.deep.equal(
          new Map([...contents].map(([file, { length }]) => [file, length])),
        );
        expect(await leftovers(target.docker)).to.deep.equal([]);
      });
    }
  }
});

/** Sizes of files as a container of the image has them. */
async function sizesIn(
  docker: Docker,
  reference: string,
  files: readonly string[],
): Promise<Map<string, number>> {
  const container = await docker.createContainer({ Image: reference, Cmd: ['/none'] });
  try {
    const sizes = new Map<string, number>();
    const archive = extract();
    (await container.export()).pipe(archive);
    for await (const entry of archive) {
      const { name, size = 0 } = entry.header;
      if (files.includes(name)) sizes.set(name, size);
      entry.resume();
    }
    return sizes;
  } finally {
    await container.remove();
  }
}
