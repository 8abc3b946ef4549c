import { expect } from 'chai';
import { labelledContainers } from '../../../../lib/engine/containers/list.js';
import { openEngine, resolveEngineAddress } from '../../../../lib/engine/index.js';
import { UserError } from '../../../../lib/text/user-error.js';
import { type Answers, brokenEngine, saying } from '../../../broken-engine.js';

/** Lists the containers of an engine that refuses so many times first. */
async function list(refusals: number, message: string): Promise<{ result: unknown; asked: number }> {
  let asked = 0;
  const answers: Answers = {
    'GET /containers/json': (request, response) =>
      ++asked <= refusals ? saying({ message }, 500)(request, response) : saying([])(request, response),
  };
  await using broken = await brokenEngine(answers);
  const engine = await openEngine(resolveEngineAddress({ env: { DOCKER_HOST: broken.url } }));
  const result = await labelledContainers(engine, 'a').catch((error: unknown) => error);
  await engine.close();
  return { result, asked };
}

describe('a list of an engine', () => {
  it('is asked for again where something of it was removed meanwhile, as podman refuses it then', async () => {
    const said = 'getting container from store "0542": container not known';
    expect(await list(2, said)).to.deep.equal({ result: [], asked: 3 });
    const { result, asked } = await list(100, said);
    expect(result).to.be.instanceOf(UserError);
    expect(asked).to.equal(5);
  });

  it('is not asked for again where it is refused for another reason', async () => {
    const { result, asked } = await list(1, 'the disk is full');
    expect(result).to.be.instanceOf(UserError);
    expect(asked).to.equal(1);
  });
});
