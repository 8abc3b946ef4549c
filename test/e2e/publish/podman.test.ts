import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { removeImage, tagImage } from '../../../lib/engine/images/names.js';
import { type Engine, openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { asReference } from '../../../lib/oci/reference.js';
import { carryOutPublish, planPublish, type Published } from '../../../lib/publish/index.js';
import { bed, type BedEngine, type BedRegistry, type Credentials, podmanNames } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { quietMeans } from '../../means.js';
import { imageNamed } from './workbench.js';

const OWNER = { username: 'owner', password: 'right' };

for (const name of cases(podmanNames)) {
  describe(`publish from ${name}`, function () {
    this.timeout(600_000);
    const image = `publish-test-${randomUUID().slice(0, 8)}`;
    let own: BedEngine;
    let engine: Engine;
    let registry: BedRegistry;

    before(async function () {
      own = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(own.docker, ['busybox:latest']);
      engine = await openEngine(resolveEngineAddress({ host: own.url, env: {} }));
      registry = await bed.registry({ auth: OWNER });
      await tagImage(engine, 'busybox:latest', asReference(`${image}:made`));
    });
    after(async () => {
      await removeImage(engine, `${image}:made`);
      await removeImage(engine, `${own.gateway}:${registry.port}/team/app:1`);
      await engine.close();
      await registry.stop();
    });

    function publish(credentials: Credentials): Promise<Published[]> {
      const to = `${own.gateway}:${registry.port}/team/app:1`;
      const plan = planPublish({ image: imageNamed(image), to, tags: [], env: {} });
      return carryOutPublish(plan, quietMeans(engine, { credentials: () => Promise.resolve(credentials) }));
    }

    it('says why the registry did not take it', async () => {
      const refused = await publish({ ...OWNER, password: 'wrong' }).catch((error: Error) => error);
      expect(refused instanceof Error && refused.message).to.match(
        /was not published: [^{}]*authentication required – log in with/,
      );
    });

    it('gives the digest that the registry has', async () => {
      const [published] = await publish(OWNER);
      const login = Buffer.from(`${OWNER.username}:${OWNER.password}`).toString('base64');
      const accept = ['oci.image.manifest.v1', 'docker.distribution.manifest.v2'].map(
        (type) => `application/vnd.${type}+json`,
      );
      const answer = await fetch(`${registry.url}team/app/manifests/1`, {
        headers: { authorization: `Basic ${login}`, accept: accept.join() },
      });
      expect(answer.headers.get('docker-content-digest')).to.equal(published?.digest);
    });
  });
}
