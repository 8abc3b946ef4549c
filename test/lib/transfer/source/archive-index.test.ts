import { expect } from 'chai';
import type { ImageFacts } from '../../../../lib/engine/images/image-facts.js';
import { type LayerBlob, plainLayer } from '../../../../lib/oci/blob.js';
import { blobPath, type DiffId, digestOf, plainDigest } from '../../../../lib/oci/digest.js';
import { manifestFor } from '../../../../lib/oci/image-archive.js';
import { ArchiveIndex } from '../../../../lib/transfer/source/archive-index.js';
import { diffId, imageId } from '../../oci/ids.js';

const [one, two] = [diffId('one'), diffId('two')];
const diffIds = [one, two];
const image: ImageFacts = {
  id: imageId('it'),
  platform: { os: 'linux', architecture: 'amd64' },
  diffIds,
  volumes: [],
  likeness: '',
};

function configOf(layers: readonly DiffId[], architecture = 'amd64'): Buffer {
  return Buffer.from(
    JSON.stringify({ architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: layers } }),
  );
}

function file(name: string, content: Buffer) {
  async function* chunks() {
    yield await Promise.resolve(content.subarray(0, 7));
    yield content.subarray(7);
  }
  return { name, size: content.length, content: chunks() };
}

const blob = (content: Buffer) => file(blobPath(digestOf(content)), content);

/** As a registry gave them: the digests are of the compressed files. */
const compressed: LayerBlob[] = diffIds.map((diffId, i) => ({
  diffId,
  digest: digestOf(`compressed ${i}`),
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  size: 100 + i,
}));

describe('which file of a saved archive is which layer', () => {
  it('is known from the start where files are named by diff ID', () => {
    const index = new ArchiveIndex(image);
    const passing = file(blobPath(plainDigest(two)), Buffer.alloc(1024));
    index.note(passing);
    expect(index.layerIn(passing)).to.deep.equal(plainLayer(two, 1024));
  });

  it("is known where podman's names them, whose list of them comes last", async () => {
    const index = new ArchiveIndex(image);
    const config = configOf(diffIds);
    const paths = diffIds.map((diffId) => `${diffId.replace('sha256:', '')}.tar`);
    for (const [i, path] of paths.entries()) {
      const passing = file(path, Buffer.alloc(1024 + i));
      index.note(passing);
      expect(index.layerIn(passing)?.diffId).to.equal(diffIds[i]);
    }
    await index.learn(file('config.json', config));
    expect(index.config).to.equal(undefined);
    await index.learn(
      file('manifest.json', Buffer.from(JSON.stringify([{ Config: 'config.json', Layers: paths }]))),
    );
    expect(index.config).to.deep.equal(config);
  });

  for (const [order, reverse] of [
    ['the config first', false],
    ['the manifest first', true],
  ] as const) {
    it(`is learned from the manifest where they are compressed, ${order}`, async () => {
      const index = new ArchiveIndex(image);
      const config = configOf(diffIds);
      const manifest = manifestFor(config, compressed);
      const name = blobPath(compressed[0]!.digest);
      const passing = file(name, Buffer.alloc(100));
      index.note(passing);
      expect(index.layerIn(passing)).to.equal(undefined);
      const documents = [config, manifest];
      for (const document of reverse ? documents.reverse() : documents) await index.learn(blob(document));
      expect(index.layerIn(passing)).to.deep.equal(compressed[0]);
      expect(index.config?.equals(config)).to.equal(true);
      expect(index.manifest?.equals(manifest)).to.equal(true);
      expect(index.isAmong(new Set([name]), one)).to.equal(true);
    });
  }

  it('is learned from manifest.json of older engines', async () => {
    const index = new ArchiveIndex(image);
    const config = configOf(diffIds);
    await index.learn(file('abc.json', config));
    const manifest = [{ Config: 'abc.json', RepoTags: null, Layers: ['x/layer.tar', 'y/layer.tar'] }];
    await index.learn(file('manifest.json', Buffer.from(JSON.stringify(manifest))));
    const passing = file('y/layer.tar', Buffer.alloc(9));
    index.note(passing);
    expect(index.layerIn(passing)).to.deep.equal(plainLayer(two, 9));
    expect(index.config?.equals(config)).to.equal(true);
    expect(index.manifest).to.equal(undefined);
  });

  it('is not taken from another image or another platform of the archive', async () => {
    for (const config of [configOf([one]), configOf(diffIds, 'arm64')]) {
      const index = new ArchiveIndex(image);
      await index.learn(blob(config));
      await index.learn(blob(manifestFor(config, compressed)));
      expect(index.config).to.equal(undefined);
    }
  });

  it('survives files that are no documents', async () => {
    const index = new ArchiveIndex(image);
    for (const text of ['', 'x', '{', 'null', '[1, null]', '{"config":1,"layers":{}}', '[{"Layers":5}]']) {
      await index.learn(file('manifest.json', Buffer.from(text)));
    }
    expect(index.config).to.equal(undefined);
  });

  it('is one of them where a layer is in the image as several files', async () => {
    const index = new ArchiveIndex({ ...image, diffIds: [one, two, one] });
    const [first, second] = compressed as [LayerBlob, LayerBlob];
    const again = { ...first, digest: digestOf('compressed otherwise'), size: 77 };
    const config = configOf([one, two, one]);
    await index.learn(blob(config));
    await index.learn(blob(manifestFor(config, [first, second, again])));
    const layerIn = ({ digest, size }: LayerBlob) => {
      const passing = file(blobPath(digest), Buffer.alloc(size));
      index.note(passing);
      return index.layerIn(passing);
    };
    expect(layerIn(first)).to.deep.equal(first);
    expect(layerIn(again)).to.equal(undefined);
    expect(index.blob(one)).to.deep.equal(first);
  });

  it('is found in time that grows with the number of files alone', async () => {
    const index = new ArchiveIndex(image);
    const started = Date.now();
    for (let i = 0; i < 3_000; i++) {
      const other = file(blobPath(digestOf(`${i}`)), Buffer.from(`{"number": ${i}}`));
      index.note(other);
      await index.learn(other);
    }
    expect(Date.now() - started).to.be.below(5_000);
    const config = configOf(diffIds);
    await index.learn(blob(config));
    expect(index.config).to.equal(undefined);
    await index.learn(blob(manifestFor(config, compressed)));
    expect(index.config?.equals(config)).to.equal(true);
  });

  it('takes a config of some megabytes for one', async () => {
    const index = new ArchiveIndex(image);
    const labels = { sbom: 'x'.repeat(4_000_000) };
    const rootfs = { type: 'layers', diff_ids: diffIds };
    const config = Buffer.from(
      JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs, config: { labels } }),
    );
    await index.learn(blob(config));
    await index.learn(blob(manifestFor(config, compressed)));
    expect(index.config?.equals(config)).to.equal(true);
  });
});
