import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { bed, type BedRegistry } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { project } from '../tasks/gulp.js';
import { type RegistryProxy, registryProxy } from './registry-proxy.js';
import { digestAt, removeImages, Workbench } from './workbench.js';

const LAYERS = [4_000_000, 4_000_000];
const repository = fileURLToPath(new URL('../../..', import.meta.url));

for (const name of cases(['20-overlay2', '28-overlay2', '28-containerd'] as const)) {
  describe(`a push that is interrupted, from ${name}`, function () {
    this.timeout(600_000);
    let bench: Workbench;
    let registry: BedRegistry;
    let proxy: RegistryProxy;
    before(async function () {
      this.timeout(600_000);
      bench = await Workbench.open(await bed.orSkip(this, () => bed.engine(name)));
    });
    beforeEach(async () => {
      registry = await bed.registry();
      proxy = await registryProxy(registry);
    });
    afterEach(async () => {
      await proxy.close();
      await registry.stop();
    });
    after(() => bench.close());

    it('ends well when the registry is killed and comes back, and the screen says what happened', async () => {
      const image = await bench.image(LAYERS);
      const back = new Promise<void>((resolve, reject) => {
        proxy.after(2_000_000, () => {
          void registry
            .kill()
            .then(() => sleep(1_500))
            .then(() => registry.start())
            .then(resolve, reject);
        });
      });
      const { error, published, report } = await bench.publish(image, `${proxy.address}/app:1`, {
        backoff: [1_000, 2_000, 4_000],
      });
      await back;
      expect(error?.message).to.equal(undefined);
      expect(published[0]?.digest).to.equal(await digestAt(registry.address, 'app', '1'));
      expect(report.lines.join('\n')).to.match(/trying again in|tries again in/);
    });

    it('ends in one sentence when the registry is killed and stays away', async () => {
      const image = await bench.image(LAYERS);
      proxy.after(2_000_000, () => void registry.kill());
      const { error } = await bench.publish(image, `${proxy.address}/app:1`, { backoff: [100, 200] });
      expect(error).to.have.property('code', 'PUSH_FAILED');
      expect(error?.message)
        .to.match(/app:1 was not published in 3 tries: .*/)
        .and.not.include('\n');
      await registry.start();
    });

    it('ends by the signal, soon, at Ctrl-C, and nothing more is sent', async () => {
      const image = await bench.image([8_000_000]);
      const files = {
        'docker/app/Dockerfile': 'FROM busybox:latest\n',
        'docker/run.cfg': `[app]\nname=${image}\nprefix=False\ntag=made\n`,
      };
      await using made = await project(files);
      proxy.slow(2_000_000);
      const started = new Promise<void>((resolve) => proxy.after(1_000_000, resolve));
      const child = spawn(
        process.execPath,
        [join(repository, 'node_modules/gulp/bin/gulp.js'), 'publish:app', '--to', `${proxy.address}/app:1`],
        { cwd: made.folder, env: bench.bed.env, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      let printed = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (text) => (printed += String(text)));
      await Promise.race([started, once(child, 'exit')]);
      const pressed = Date.now();
      child.kill('SIGINT');
      const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
      expect(signal, printed).to.equal('SIGINT');
      expect(Date.now() - pressed).to.be.below(60_000);
      expect(printed).not.to.match(/^\s+at /m);
      expect(await digestAt(registry.address, 'app', '1')).to.equal(null);
      await removeImages(bench.bed.docker, `${proxy.address}/app`);
    });

    it('ends in one sentence, soon, when the engine is killed', async () => {
      const own = await bed.engine(name, { own: 'publish-killed' });
      const other = await Workbench.open(own);
      try {
        const image = await other.image([8_000_000]);
        proxy.slow(2_000_000);
        let killed = 0;
        proxy.after(1_000_000, () => {
          killed = Date.now();
          void own.kill();
        });
        const { error } = await other.publish(image, `${proxy.address}/app:1`);
        expect(error).to.have.property('code', 'ENGINE_LOST');
        expect(error?.message).to.include(own.url).and.not.include('\n');
        expect(Date.now() - killed).to.be.below(60_000);
      } finally {
        await other.engine.close();
        await own.stop();
      }
    });
  });
}
