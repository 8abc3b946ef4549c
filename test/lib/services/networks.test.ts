import { expect } from 'chai';
import { openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { makeNetworks } from '../../../lib/services/networks.js';
import { brokenEngine, saying } from '../../broken-engine.js';

describe('the network of services that are kept', () => {
  it('may be pruned as soon as it is made: what is started in it says that it has gone', async () => {
    const Id = 'a'.repeat(64);
    await using broken = await brokenEngine({
      'GET /networks': saying([]),
      'POST /networks/create': saying({ Id }, 201),
    });
    const engine = await openEngine(resolveEngineAddress({ env: { DOCKER_HOST: broken.url } }));
    try {
      const networks = { own: undefined, kept: 'ada_shop_services' };
      const told: string[] = [];
      const made = await makeNetworks(engine, { group: 'shop/ada', networks }, (name) => told.push(name));
      expect([...made]).to.deep.equal([['ada_shop_services', Id]]);
      expect(told).to.deep.equal(['ada_shop_services']);
    } finally {
      await engine.close();
    }
  });
});
