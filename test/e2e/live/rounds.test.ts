import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { until } from '../../until.js';
import { project, type TemporaryProject } from '../tasks/gulp.js';
import { Live, openPlace, type Place } from './place.js';

const SAYS = 'echo "said: $(cat /greeting) $(cat /src/word) $HELPER_HOST"';
const WAITS = 'while :; do sleep 0.1; done';

for (const [kind, name] of cases([
  ['mounted', '20-overlay2'],
  ['ssh', '28-containerd'],
] as const)) {
  describe(`live, ${kind === 'ssh' ? 'over ssh to' : 'mounted on'} ${name}`, function () {
    this.timeout(600_000);
    let place: Place;
    let made: TemporaryProject;
    let live: Live;
    const save = (path: string, content: string) => writeFile(join(made.folder, path), content);
    const said = (line: string) =>
      until(`"said: ${line}"`, () => Promise.resolve(live.stdout.includes(`said: ${line}\n`))).catch(
        (error: Error) => {
          throw new Error(`${error.message} ${live.stdout} ${live.stderr}`);
        },
      );
    const told = (sentence: string) =>
      until(sentence, () => Promise.resolve(live.stderr.includes(sentence))).catch((error: Error) => {
        throw new Error(`${error.message} ${live.stderr}`);
      });
    const ids = async () => (await live.running()).map(({ Id }) => Id);

    before(async function () {
      this.timeout(600_000);
      place = await bed.orSkip(this, () => openPlace(kind, name));
      made = await project({
        'docker/run.cfg':
          '[run_image]\nsynthetic_images=helper\n' +
          '[helper]\nname=busybox\ntag=latest\nprefix=False\ncmd=sleep 600\nstop_timeout=0\n' +
          '[app]\nvolumes=-v {project_root}/src:/src\nlive_restart=src/**\ndepends_on=helper\ninteractive=\n' +
          `cmd=sh -c '${SAYS}; [ "$(cat /src/word)" != broken ] || exit 3; ${WAITS}'\n`,
        'docker/app/Dockerfile': 'FROM busybox:latest\nCOPY greeting /greeting\n',
        greeting: 'one\n',
        'src/word': 'a\n',
      });
    });
    after(async () => {
      await made?.[Symbol.asyncDispose]();
      await place?.close();
    });

    it('starts the process again, builds the image again, and has services beside it', async () => {
      const built = new Live(place, made.folder, 'build:app', []);
      expect(await built.ended(), built.stderr).to.equal(0);
      live = new Live(place, made.folder, 'live:app');
      try {
        await said('one a helper');
        // An engine may pass on what a container writes before it counts as running.
        const before = await until('the container to run', async () => {
          const found = await ids();
          return found.length > 0 && found;
        });

        await Promise.all([save('src/other', ''), save('src/word', 'b\n')]);
        await said('one b helper');
        expect(await ids()).to.deep.equal(before);
        expect(live.stderr.match(/is started again:/g)).to.have.length(1);

        await save('src/word', 'broken\n');
        await told('app has ended with exit status 3; it is started again when something changes');
        await save('src/word', 'c\n');
        await said('one c helper');

        await save('greeting', 'two\n');
        await said('two c helper');
        expect(await ids()).not.to.deep.equal(before);

        const now = await ids();
        await save('docker/app/Dockerfile', 'FROM busybox:latest\nCOPY gone /greeting\n');
        await told('app goes on as it is, since its image was not built: ');
        expect(await ids()).to.deep.equal(now);

        live.kill('SIGINT');
        expect(await live.ended(), live.stderr).to.be.oneOf(['SIGINT', 130]);
        expect(await live.left(), live.stderr).to.deep.equal([]);
      } finally {
        live.kill('SIGKILL');
      }
    });
  });
}
