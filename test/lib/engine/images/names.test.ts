import { expect } from 'chai';
import { listImages, removeImage } from '../../../../lib/engine/images/names.js';
import { openEngine, resolveEngineAddress } from '../../../../lib/engine/index.js';
import { brokenEngine, saying } from '../../../broken-engine.js';

describe('the list of images', () => {
  /** From an engine that refuses it so many times, as containerd's store does while an image is removed. */
  async function listed(refusals: number): Promise<string[]> {
    let asked = 0;
    const refusal = saying({ message: 'NotFound: content digest sha256:1: not found' }, 404);
    const list = saying([{ Id: 'sha256:2', RepoTags: ['a:1'] }]);
    await using broken = await brokenEngine({
      'GET /images/json': (request, response) => (++asked > refusals ? list : refusal)(request, response),
    });
    const engine = await openEngine(resolveEngineAddress({ env: { DOCKER_HOST: broken.url } }));
    try {
      return (await listImages(engine)).map(({ Id }) => Id);
    } finally {
      await engine.close();
    }
  }

  it('is asked for again where an image goes while it is made', async () => {
    expect(await listed(2)).to.deep.equal(['sha256:2']);
  });

  it('fails as the engine says where that goes on', async () => {
    const error = await listed(100).catch((reason: unknown) => reason);
    expect(error).to.have.property('message').that.contains('content digest');
  });
});

it('an image counts as removed where the engine says what went, and else it is no engine that answers', async () => {
  for (const [answer, outcome] of [
    [saying([{ Untagged: 'a:1' }]), true],
    [saying({ message: 'No such image: a:1' }, 404), false],
    [saying(null), 'ENGINE_ANSWER'],
    [saying({}), 'ENGINE_ANSWER'],
  ] as const) {
    await using broken = await brokenEngine({ 'DELETE /images/': answer });
    const engine = await openEngine(resolveEngineAddress({ env: { DOCKER_HOST: broken.url } }));
    const came = removeImage(engine, 'a:1').catch((error: { code?: string }) => error.code);
    expect(await came.finally(() => engine.close())).to.equal(outcome);
  }
});
