import { Readable } from 'node:stream';
import { expect } from 'chai';
import { steady } from '../../../../lib/engine/client/steady.js';
import { type Engine, openEngine, resolveEngineAddress } from '../../../../lib/engine/index.js';
import { plainLayer } from '../../../../lib/oci/blob.js';
import { blobPath, digestOf, plainDigest } from '../../../../lib/oci/digest.js';
import { manifestFor } from '../../../../lib/oci/image-archive.js';
import { asReference } from '../../../../lib/oci/reference.js';
import { TAR_END, tarFile } from '../../../../lib/oci/tar-writer.js';
import { UserError } from '../../../../lib/text/user-error.js';
import { SourceFailed } from '../../../../lib/transfer/base/failures.js';
import { explain, isConnectionLost, isPassing } from '../../../../lib/transfer/base/transfer-error.js';
import { wholeForm } from '../../../../lib/transfer/packing/whole-form.js';
import { HostFeed } from '../../../../lib/transfer/source/host-feed.js';
import { LayerFeed } from '../../../../lib/transfer/source/layer-feed.js';
import { type Answers, beginning, brokenEngine, ESCAPES, saying } from '../../../broken-engine.js';
import { diffId, imageId } from '../../oci/ids.js';

const image = {
  id: imageId('it'),
  platform: { os: 'linux', architecture: 'amd64' },
  diffIds: [diffId('layer')],
  volumes: [],
  likeness: '',
};

/** What an order fails with whose source answers so. */
async function failure(answers: Answers, look: (error: unknown, source: Engine) => void): Promise<void> {
  await using broken = await brokenEngine(answers);
  const source = await openEngine(resolveEngineAddress({ env: { DOCKER_HOST: broken.url } }));
  const feed = new LayerFeed(source, 'app:1', image);
  try {
    const { portions } = feed.order(diffId('layer'), wholeForm('none'));
    const error: unknown = await (async () => {
      for await (const _ of portions);
    })().catch((reason: unknown) => reason);
    look(error, source);
  } finally {
    await feed.close();
    await source.close();
  }
}

const archive = Buffer.concat([tarFile('manifest.json', Buffer.from('[]')), TAR_END]);

/** Its manifest says that the layer has three bytes. */
function otherLength(): Buffer {
  const [layer = diffId('layer')] = image.diffIds;
  const config = Buffer.from(
    JSON.stringify({ ...image.platform, rootfs: { type: 'layers', diff_ids: [layer] } }),
  );
  const manifest = manifestFor(config, [plainLayer(layer, 3)]);
  const files = [config, manifest].map((file) => tarFile(blobPath(digestOf(file)), file));
  return Buffer.concat([...files, tarFile(blobPath(plainDigest(layer)), Buffer.from('longer')), TAR_END]);
}

const cases: readonly [string, Answers[string], RegExp][] = [
  [
    'refuses',
    saying({ message: `no layers ${ESCAPES}` }, 500),
    /refused GET \/images\/app:1\/get: no layers/,
  ],
  ['has lost the image', saying({ message: 'No such image' }, 404), /is no longer on the engine/],
  ['breaks off', beginning('half', 'breaks'), /broke off in GET \/images\/app:1\/get/],
  ['sends no archive', saying('x'.repeat(2_000)), /does not give app:1 away: Invalid tar header/],
  [
    'sends an archive without a config',
    (_, response) => void response.end(archive),
    /does not give app:1 away: its archive lacks the image's config/,
  ],
  [
    'sends a layer of another length than its manifest says',
    (_, response) => void response.end(otherLength()),
    /does not give app:1 away: its archive lacks the layer/,
  ],
];

describe('a source that', () => {
  for (const [what, answer, sentence] of cases) {
    it(`${what} is to blame, and not asked again`, async () => {
      await failure({ 'GET /images/app:1/get': answer }, (error, source) => {
        expect(isPassing(error, source)).to.equal(false);
        expect(isConnectionLost(error)).to.equal(false);
        const target = { address: { url: 'ssh://far' } } as Engine;
        const explained = explain(
          error,
          { reference: asReference('app:1'), source, target },
          'docker image prune',
        );
        expect(explained).to.be.instanceOf(UserError);
        const { message } = explained as UserError;
        expect(message).to.match(sentence).and.to.contain(source.address.url).and.not.to.contain('far');
        expect(message).not.to.contain('\x1b');
      });
    });
  }

  it('gives a layer with another digest is found out, where a target says that it cannot unpack it', async () => {
    const layer = diffId('layer');
    const spoilt = Buffer.concat([tarFile(blobPath(plainDigest(layer)), Buffer.from('spoilt')), TAR_END]);
    const answers: Answers = { 'GET /images/app:1/get': (_, response) => void response.end(spoilt) };
    await using broken = await brokenEngine(answers);
    const source = await openEngine(resolveEngineAddress({ env: { DOCKER_HOST: broken.url } }));
    const feed = new LayerFeed(source, 'app:1', image);
    const error: unknown = await new HostFeed(feed, () => feed)
      .check([layer])
      .catch((reason: unknown) => reason);
    await feed.close();
    await source.close();
    expect(error).to.be.instanceOf(SourceFailed);
    expect((error as Error).message).to.match(/what it gives for the layer \w+ has another digest/);
  });

  it('falls silent in the middle is given up', async () => {
    const stream = new Readable({ read: () => undefined });
    stream.push('begun');
    const reading = (async () => {
      for await (const _ of steady(stream, { pause: 50 }));
    })();
    expect(await reading.catch((error: Error) => error.message)).to.match(/nothing came for/);
  });
});
