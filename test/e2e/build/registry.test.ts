import { expect } from 'chai';
import { lookUpCredentials } from '../../../lib/engine/credentials/credentials.js';
import { bed, type BedRegistry } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { onEngines, rejection, type Workshop } from './workshop.js';

const auth = { username: 'ada', password: 'lovelace/+?&="' };

for (const scheme of ['basic', 'token'] as const) {
  onEngines(
    cases(['20-overlay2', '28-containerd'] as const),
    `a base in a private registry (${scheme})`,
    (workshop) => {
      let registry: BedRegistry;

      before(async function () {
        this.timeout(600_000);
        registry = await bed.orSkip(this, () => bed.registry({ auth, scheme }));
      });
      after(() => registry?.stop());

      /** Puts a base there that the engine has not. */
      const publish = async ({ docker, tag }: Workshop): Promise<string> => {
        const repo = `${registry.address}/base`;
        await docker.getImage('busybox:latest').tag({ repo, tag });
        const image = docker.getImage(`${repo}:${tag}`);
        const pushed = await image.push({ authconfig: { ...auth, serveraddress: registry.address } });
        await new Promise((done) => docker.modem.followProgress(pushed, done));
        await image.remove();
        return `${repo}:${tag}`;
      };
      const credentials = (password: string) => (host: string) => {
        const auths = { [registry.address]: { auth: Buffer.from(`ada:${password}`).toString('base64') } };
        const env = { ...process.env, DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) };
        return lookUpCredentials(host, { env });
      };

      it('is fetched with the credentials of its host, by both builders', async () => {
        const here = workshop();
        const base = await publish(here);
        here.write({ 'docker/app/Dockerfile': `FROM ${base}\nRUN echo ${here.root}\n` });
        for (const engine of [here.engine, here.classic()]) {
          await here.build(
            'app',
            { options: { pull: true } },
            { engine, credentials: credentials(auth.password) },
          );
          await here.docker
            .getImage(base)
            .remove({ force: true })
            .catch(() => undefined);
        }
      });

      it('is refused with wrong ones, in one sentence that does not show them', async () => {
        const here = workshop();
        const base = await publish(here);
        here.write({ 'docker/app/Dockerfile': `FROM ${base}\n` });
        for (const engine of [here.engine, here.classic()]) {
          const build = here.build(
            'app',
            { options: { pull: true } },
            { engine, credentials: credentials('turing-1954') },
          );
          const error = await rejection(build);
          expect(error).to.include({ name: 'UserError', code: 'BUILD_FAILED' });
          expect(error.message).not.to.contain('turing');
        }
      });
    },
  );
}
