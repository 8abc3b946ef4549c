import { readdirSync, readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed, type BedEngine, type BedRegistry } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { type Ended, gulp, project } from '../tasks/gulp.js';
import { type RegistryProxy, registryProxy } from './registry-proxy.js';
import { dockerConfig, removeImages } from './workbench.js';

const WHO = { username: 'publisher', password: 's3cret-of-the-registry/+' };
const base64 = (text: string) => Buffer.from(text).toString('base64');
/** The secret as it is, and in every form that it has on its way. */
const FORMS = [WHO.password, base64(WHO.password), base64(`${WHO.username}:${WHO.password}`)];

for (const name of cases(['20-overlay2', '28-containerd'] as const)) {
  describe(`the secret of a registry, publishing from ${name}`, function () {
    this.timeout(600_000);
    const folder = `secrets${process.pid}`;
    let engine: BedEngine;
    let registry: BedRegistry;
    let own: RegistryProxy;
    let foreign: RegistryProxy;
    let config: Awaited<ReturnType<typeof dockerConfig>>;

    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      registry = await bed.registry({ auth: WHO });
      own = await registryProxy(registry);
      foreign = await registryProxy(registry);
      config = await dockerConfig({ [own.address]: WHO });
      const helper = join(config.folder, 'docker-credential-slow');
      await writeFile(
        helper,
        `#!/bin/sh\nsleep 0.5\nprintf '{"Username":"%s","Secret":"%s"}' '${WHO.username}' '${WHO.password}'\n`,
      );
      await chmod(helper, 0o755);
    });
    after(async () => {
      await own.close();
      await foreign.close();
      await registry.stop();
      await config.remove();
      await removeImages(engine.docker, `${folder}-app`);
      for (const { address } of [own, foreign]) await removeImages(engine.docker, `${address}/app`);
    });

    /** Publishes by gulp while it looks at every command line of the machine. */
    async function publish(...args: string[]): Promise<Ended> {
      const files = { 'docker/app/Dockerfile': 'FROM busybox:latest\nCOPY package.json /\n' };
      await using made = await project(files, folder);
      const seen = new Set<string>();
      const watch = setInterval(() => commandLines().forEach((line) => seen.add(line)), 20);
      const { PATH } = process.env;
      const env = { ...engine.env, DOCKER_CONFIG: config.folder, PATH: `${config.folder}:${PATH}` };
      const ended = await gulp(made.folder, args, { env });
      clearInterval(watch);
      expect([...seen].some((line) => line.includes('publish:app'))).to.equal(true);
      expectNone([...seen].join('\n'), 'a command line');
      expectNone(ended.stdout + ended.stderr, 'the output');
      return ended;
    }

    function expectNone(text: string, where: string): void {
      for (const form of FORMS) expect(text.includes(form), `the secret in ${where}`).to.equal(false);
    }

    it('opens its registry, and stands in no output and no command line', async () => {
      const { status, stderr } = await publish(
        'build:app',
        'publish:app',
        '--series',
        '--to',
        `${own.address}/app:1`,
      );
      expect(status, stderr).to.equal(0);
      const proof = `Basic ${FORMS[2]}`;
      expect(own.seen.some(({ headers }) => headers.authorization === proof)).to.equal(true);
    });

    it('stands in none with a credential helper either', async () => {
      const file = join(config.folder, 'config.json');
      const before = readFileSync(file, 'utf8');
      await writeFile(file, JSON.stringify({ credHelpers: { [own.address]: 'slow' } }));
      const { status, stderr } = await publish('publish:app', '--to', `${own.address}/app:2`);
      await writeFile(file, before);
      expect(status, stderr).to.equal(0);
    });

    it('is not sent to another registry', async () => {
      const { status, stdout, stderr } = await publish('publish:app', '--to', `${foreign.address}/app:1`);
      expect(status).not.to.equal(0);
      expect(stdout + stderr).to.include(`docker login ${foreign.address}`);
      expect(foreign.seen).not.to.have.length(0);
      for (const { path, headers } of foreign.seen)
        expectNone(`${path} ${JSON.stringify(headers)}`, 'a request');
    });

    it('stands in no dry run and in no error', async () => {
      const dry = await publish('publish:app', '--to', `${own.address}/app:1`, '--dry-run', '--silent');
      expect(dry.stdout).to.match(/^docker tag \S+ \S+\ndocker push \S+\n$/);
      own.disturb({ on: /^POST/, answer: 403, says: 'not today' });
      const { status } = await publish('publish:app', '--to', `${own.address}/other:1`);
      own.calm();
      expect(status).not.to.equal(0);
    });
  });
}

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return ''; // It has ended meanwhile.
      }
    });
}
