import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { expect } from 'chai';
import { pack } from 'tar-stream';
import { bed, type BedRegistry } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { randomBytes } from '../../seed.js';
import { digestAt, Workbench } from './workbench.js';

for (const name of cases(['26-containerd', '28-containerd'] as const)) {
  describe(`publishing an image of two platforms from ${name}`, function () {
    this.timeout(600_000);
    let bench: Workbench;
    let registry: BedRegistry;
    before(async function () {
      this.timeout(600_000);
      bench = await Workbench.open(await bed.orSkip(this, () => bed.engine(name)));
      registry = await bed.registry();
    });
    after(async () => {
      await registry.stop();
      await bench.close();
    });

    it('both of them, under one index', async () => {
      const image = await load(bench, ['amd64', 'arm64']);
      const { error, published } = await bench.publish(image.name, `${registry.address}/both:1`);
      expect(error?.message).to.equal(undefined);
      expect(published[0]?.digest).to.equal(image.index);
      expect(await digestAt(registry.address, 'both', '1')).to.equal(image.index);
    });

    it('the only one that the engine has, and says so, or one sentence where the engine cannot', async () => {
      const image = await load(bench, ['amd64']);
      const { error, published, report } = await bench.publish(image.name, `${registry.address}/one:1`);
      if (name === '28-containerd') {
        expect(error?.message).to.equal(undefined);
        expect(report.lines.join()).to.include('only linux/amd64 is published');
        expect(published[0]?.digest).to.equal(await digestAt(registry.address, 'one', '1'));
      } else {
        expect(error).to.have.property('code', 'PUSH_FAILED');
        expect(error?.message, error?.message).to.include('docker build --platform').and.not.include('\n');
      }
    });
  });
}

/** Loads an image whose index lists amd64 and arm64, with the content of some of them. */
async function load(bench: Workbench, present: string[]): Promise<{ name: string; index: string }> {
  const archive = pack();
  const add = (value: object | Buffer, mediaType: string, isPresent = true) => {
    const content = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
    const hash = createHash('sha256').update(content).digest('hex');
    if (isPresent) archive.entry({ name: `blobs/sha256/${hash}` }, content);
    return {
      mediaType: `application/vnd.oci.image.${mediaType}`,
      digest: `sha256:${hash}`,
      size: content.length,
    };
  };
  const name = bench.newName();
  const manifests = [];
  for (const architecture of ['amd64', 'arm64']) {
    const here = present.includes(architecture);
    const tar = pack();
    tar.entry({ name: 'file' }, randomBytes(50_000));
    tar.finalize();
    const layer = add(await buffer(tar), 'layer.v1.tar', here);
    const platform = { os: 'linux', architecture };
    const rootfs = { type: 'layers', diff_ids: [layer.digest] };
    const config = add({ ...platform, config: {}, rootfs }, 'config.v1+json', here);
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = add({ schemaVersion: 2, mediaType, config, layers: [layer] }, 'manifest.v1+json', here);
    manifests.push({ ...manifest, platform });
  }
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const index = add({ schemaVersion: 2, mediaType, manifests }, 'index.v1+json');
  const annotations = { 'io.containerd.image.name': `docker.io/library/${name}:made` };
  archive.entry({ name: 'oci-layout' }, '{"imageLayoutVersion":"1.0.0"}');
  archive.entry(
    { name: 'index.json' },
    JSON.stringify({ schemaVersion: 2, mediaType, manifests: [{ ...index, annotations }] }),
  );
  archive.finalize();
  const said = await text(await bench.bed.docker.loadImage(Readable.from(archive)));
  if (/"error"/.test(said)) throw new Error(said);
  return { name, index: index.digest };
}
