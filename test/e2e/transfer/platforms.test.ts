import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { plainLayer } from '../../../lib/oci/blob.js';
import { blobPath, digestOf, plainDiffId } from '../../../lib/oci/digest.js';
import { manifestFor } from '../../../lib/oci/image-archive.js';
import { TAR_END, tarFile } from '../../../lib/oci/tar-writer.js';
import { planTransfer } from '../../../lib/transfer/index.js';
import type { EngineName } from '../../bed/index.js';
import { leftovers, type Near, newName, noise, openedEngines, removeImages, transfer } from './workbench.js';

const ARCHITECTURES = ['amd64', 'arm64'];

/** An archive, for containerd's store, of an image that has another layer on each platform; and those layers. */
function imageOfSeveralPlatforms(reference: string, architectures = ARCHITECTURES) {
  const blobs: Buffer[] = [];
  const descriptor = (content: Buffer, mediaType: string) => {
    blobs.push(content);
    return { mediaType, digest: digestOf(content), size: content.length };
  };
  const layers = new Map<string, string>();
  const manifests = architectures.map((architecture) => {
    const layer = Buffer.concat([tarFile(`for-${architecture}`, noise(100_000)), TAR_END]);
    blobs.push(layer);
    layers.set(architecture, digestOf(layer));
    const config = {
      architecture,
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    };
    const json = Buffer.from(JSON.stringify(config));
    blobs.push(json);
    const manifest = manifestFor(json, [plainLayer(plainDiffId(digestOf(layer)), layer.length)]);
    return {
      ...descriptor(manifest, 'application/vnd.oci.image.manifest.v1+json'),
      platform: { os: 'linux', architecture },
    };
  });
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  const annotations = { 'io.containerd.image.name': `docker.io/library/${reference}` };
  const top = { schemaVersion: 2, mediaType, manifests: [{ ...descriptor(index, mediaType), annotations }] };
  const archive = Buffer.concat([
    tarFile('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')),
    ...blobs.map((blob) => tarFile(blobPath(digestOf(blob)), blob)),
    tarFile('index.json', Buffer.from(JSON.stringify(top))),
    TAR_END,
  ]);
  return { archive, layers };
}

describe('transfer of an image of several platforms', function () {
  this.timeout(600_000);
  const name = newName();
  const opened = openedEngines(name);
  const engines = new Map<EngineName, Near>();
  let layers: Map<string, string>;

  before(async function () {
    this.timeout(600_000);
    for (const engineName of ['20-overlay2', '26-containerd', '28-containerd'] satisfies EngineName[]) {
      engines.set(engineName, await opened.near(this, engineName));
    }
    const image = imageOfSeveralPlatforms(`${name}:1`);
    layers = image.layers;
    const foreign = imageOfSeveralPlatforms(`${name}:arm`, ['arm64']);
    for (const archive of [image.archive, foreign.archive]) {
      await text(await engines.get('28-containerd')!.docker.loadImage(Readable.from([archive])));
    }
  });

  for (const to of ['20-overlay2', '26-containerd'] satisfies EngineName[]) {
    for (const platform of [undefined, 'linux/amd64', 'linux/arm64']) {
      it(`brings ${platform ?? "the target's own"} to ${to}`, async () => {
        const source = engines.get('28-containerd')!.engine;
        const target = engines.get(to)!;
        const result = await transfer(source, target.engine, `${name}:1`, { platform });
        expect(result.layersSent).to.equal(1);
        const architecture = platform === 'linux/arm64' ? 'arm64' : 'amd64';
        const image = await target.docker.getImage(`${name}:1`).inspect();
        expect(image.Architecture).to.equal(architecture);
        expect(image.RootFS.Layers).to.deep.equal([layers.get(architecture)]);
        expect(await leftovers(target.docker)).to.deep.equal([]);
        await removeImages(target.docker, name);
      });
    }
  }

  it('refuses what the target cannot run, unless it is told to', async () => {
    const source = engines.get('28-containerd')!.engine;
    const target = engines.get('20-overlay2')!.engine;
    const refusal = (platform?: string) =>
      planTransfer(source, target, `${name}:arm`, { platform }).then(
        () => undefined,
        (error: { code?: string; message: string }) => error,
      );
    expect(await refusal()).to.have.property('code', 'FOREIGN_PLATFORM');
    expect((await refusal())!.message).to.contain('--platform linux/arm64');
    expect(await refusal('linux/arm64')).to.equal(undefined);
    expect(await refusal('linux/s390x')).to.have.property('code', 'NO_SUCH_PLATFORM');
    expect(await refusal('no platform')).to.have.property('code', 'BAD_PLATFORM');
  });
});
