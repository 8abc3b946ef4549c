import { expect } from 'chai';
import type { BedHost } from '../../bed/index.js';
import { engineNames } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { RecordingReport } from '../build/workshop.js';
import {
  build,
  expectFiles,
  type Far,
  leftovers,
  type Near,
  newName,
  noise,
  openedEngines,
  transfer,
} from './workbench.js';

/** Bytes of each layer, and how many of them an image has here, beside its base. */
const LAYER = 3_000_000;
const LAYERS = 6;

/** Bytes of the image, at most. */
const WHOLE = 1.1 * (LAYERS * LAYER + 2_200_000);

for (const engineName of cases(engineNames)) {
  describe(`a transfer to ${engineName} that is pruned all the time`, function () {
    this.timeout(600_000);
    const name = newName();
    const files = Object.fromEntries(Array.from({ length: LAYERS }, (_, i) => [`file${i}`, noise(LAYER)]));
    const opened = openedEngines(name);
    let near: Near;
    let far: Far;
    let host: BedHost;

    before(async function () {
      this.timeout(600_000);
      near = await opened.near(this, '28-overlay2');
      far = await opened.far(this, { engine: engineName, name: 'far', rate: 50 });
      host = far.host;
      const lines = [
        'FROM busybox:latest',
        'LABEL keep=1',
        ...Object.keys(files).map((file) => `COPY ${file} /${file}`),
      ];
      await build(near.engine, `${name}:1`, lines, files, 'classic');
    });

    it('comes to an end, and counts each layer once', async () => {
      const before = await host.bytes();
      const report = new RecordingReport();
      const stop = await pruning();
      const ending = transfer(near.engine, far.engine, `${name}:1`, { report });
      // However it ends, the next one is not to be pruned.
      await ending.catch(() => undefined).finally(stop);
      const result = await ending;
      expect(result).to.include({ layersSent: LAYERS + 1, deltasSent: 0 });
      expect(report.lines.join('\n')).to.contain(`${LAYERS + 1} of ${LAYERS + 1} layers sent`);
      const { sent } = await host.bytes();
      expect(sent - before.sent, report.lines.join('\n')).to.be.below(2 * WHOLE);
      await expectFiles(host.docker, `${name}:1`, files);
      expect(await leftovers(host.docker)).to.deep.equal([]);
    });

    /** Prunes there, again and again, all but the image itself, which nothing could save once it has its name. */
    async function pruning(): Promise<() => Promise<unknown>> {
      const prune = 'docker system prune -af --filter label!=keep';
      await host.run(['sh', '-c', prune]);
      const loop = `while [ ! -e /stop ]; do ${prune}; done`;
      await host.run(['sh', '-c', `(${loop} &) </dev/null >/dev/null 2>&1`]);
      return () => host.run(['touch', '/stop']);
    }
  });
}
