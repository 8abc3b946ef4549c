import { expect } from 'chai';

import { ArchiveIndex } from '../../../../lib/transfer/source/archive-index.js';
import { blobPath, digestOf } from '../../../../lib/oci/digest.js';
import { manifestFor } from '../../../../lib/oci/image-archive.js';
import { type LayerBlob, plainLayer } from '../../../../lib/oci/blob.js';
import type { ImageFacts } from '../../../../lib/engine/images/image-facts.js';

const diffIds = ['one', 'two'].map((text) => digestOf(text));
const image: ImageFacts = {
  id: 'sha256:0',
  platform: { os: 'linux', architecture: 'amd64' },
  diffIds,
  volumes: [],
  likeness: '',
};

function configOf(layers: readonly string[], architecture = 'amd64'): Buffer {
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
    const found = index.layerIn(file(blobPath(diffIds[1]!), Buffer.alloc(1024)));
    expect(found).to.deep.equal(plainLayer(diffIds[1]!, 1024));
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
      expect(index.layerIn(file(name, Buffer.alloc(100)))).to.equal(undefined);
      const documents = [config, manifest];
      for (const document of reverse ? documents.reverse() : documents) await index.learn(blob(document));
      expect(index.layerIn(file(name, Buffer.alloc(100)))).to.deep.equal(compressed[0]);
      expect(index.config?.equals(config)).to.equal(true);
      expect(index.manifest?.equals(manifest)).to.equal(true);
      expect(index.isAmong(new Set([name]), diffIds[0]!)).to.equal(true);
    });
  }

  it('is learned from manifest.json of older engines', async () => {
    const index = new ArchiveIndex(image);
    const config = configOf(diffIds);
    await index.learn(file('abc.json', config));
    const manifest = [{ Config: 'abc.json', RepoTags: null, Layers: ['x/layer.tar', 'y/layer.tar'] }];
    await index.learn(file('manifest.json', Buffer.from(JSON.stringify(manifest))));
    expect(index.layerIn(file('y/layer.tar', Buffer.alloc(9)))).to.deep.equal(plainLayer(diffIds[1]!, 9));
    expect(index.config?.equals(config)).to.equal(true);
    expect(index.manifest).to.equal(undefined);
  });

  it('is not taken from another image or another platform of the archive', async () => {
    for (const config of [configOf([diffIds[0]!]), configOf(diffIds, 'arm64')]) {
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
});
