import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { expect } from 'chai';
import { bed, engineNames } from '../../bed/index.js';
import { isRunning, until, untilRunning } from '../../until.js';
import { FAILING_RUN, WITH_SECRETS, WRONG_DOCKERFILES } from './projects.js';
import { Relay } from './relay.js';
import { onEngines, rejection, Workshop } from './workshop.js';

/** A program that can be told from others by the word that follows. */
const ENDLESS = 'sh -c "while sleep 1; do :; done"';

onEngines(engineNames, 'build steps', (workshop) => {
  it('mounts secrets and caches, and shows no secret', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile':
        '# a comment\nFROM busybox:latest\nARG ROUND\n' +
        `${WITH_SECRETS.mounts}\n` +
        'RUN --mount=type=cache,target=/cache,id=' +
        here.tag +
        ' echo $ROUND >> /cache/log && echo runs: $(wc -l < /cache/log)\n',
      ...WITH_SECRETS.files,
    });
    const env = { ...process.env, ...WITH_SECRETS.env };
    for (const round of ['1', '2'])
      await here.build('app', { env, buildArgs: { ROUND: `${round} ${here.root}` } }, { env });
    const lines = here.told.lines.join('\n');
    expect(lines)
      .to.match(/runs: 2/)
      .and.to.contain(md5('wallaby-17'))
      .and.to.contain(md5('the key\n'));
    expect(lines + here.plan('app', { env }).commandLines.join('\n')).not.to.contain('wallaby');
    const missing = await rejection(here.build('app', { env: process.env }, { env: process.env }));
    expect(missing).to.include({ code: 'BUILD_SECRET' });
  });

  it('tells which instruction failed, where it stands, and what it printed last', async () => {
    const here = workshop();
    here.write({ 'docker/app/Dockerfile': FAILING_RUN });
    for (const engine of [here.engine, here.classic()]) {
      const error = await rejection(here.build('app', {}, { engine }));
      expect(error).to.include({ code: 'BUILD_FAILED', name: 'UserError' });
      expect(error.message).to.match(
        /^docker\/app\/Dockerfile:4: RUN echo first; .* failed, so app was not built: exit code: 3\./,
      );
      expect(error.message).to.contain('first').and.to.contain('das Letzte: ü');
    }
  });

  it('tells of a missing file, an unknown instruction, and a base that is nowhere', async () => {
    const here = workshop();
    here.write({
      ...WRONG_DOCKERFILES,
      'docker/derived/Dockerfile': 'FROM busybox:latest\n',
    });
    for (const engine of [here.engine, here.classic()]) {
      const copy = await rejection(here.build('copy', {}, { engine }));
      expect(copy.message).to.match(
        /^docker\/copy\/Dockerfile:2: COPY there-is-none \/ failed.*there-is-none/,
      );
      const typo = await rejection(here.build('typo', {}, { engine }));
      expect(typo.message).to.match(/^docker\/typo\/Dockerfile:2: unknown instruction: RUM/i);
    }
    const bases = [{ image: 'base', reference: 'nobody-has/this:tag' }];
    const derived = await rejection(here.build('derived', { bases }));
    expect(derived).to.include({ code: 'BASE_MISSING' });
    expect(derived.message).to.match(/nobody-has\/this:tag.*build base first/);
  });

  it('builds the stage named builder first, and tags it', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile':
        'FROM busybox:latest AS Builder\nRUN echo built > /made\nFROM scratch\nCOPY --from=Builder /made /\n',
    });
    const built = await here.build('app');
    const builder = built.reference.replace('app:', 'app-builder:');
    expect((await here.content(builder, '/made')).get('made')?.content.toString()).to.equal('built\n');
    expect([...(await here.content(built.reference)).keys()])
      .to.include('made')
      .and.not.to.include('bin/');
  });

  it('builds no stage named builder that the target does not need', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile':
        'FROM busybox:latest AS builder\nRUN false\nFROM busybox:latest AS app\nRUN touch /made\nFROM app\nCOPY --from=builder / /\n',
      'docker/run.cfg': '[app]\nbuild_args=--target app\n',
    });
    const built = await here.build('app');
    expect([...(await here.content(built.reference, '/made')).keys()]).to.deep.equal(['made']);
  });

  it('honours the flags of build_args', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile':
        'FROM busybox:latest AS one\nARG WHO=nobody\nRUN echo $WHO > /who\nFROM one AS two\nRUN touch /two\n',
      'docker/run.cfg': '[app]\nbuild_args = --build-arg "WHO=you and me" --label a=b --target one\n',
    });
    const labels = { a: 'default', version: '1' };
    for (const engine of [here.engine, here.classic()]) {
      const { reference } = await here.build('app', { labels }, { engine });
      const names = await here.content(reference);
      expect(names.get('who')?.content.toString()).to.equal('you and me\n');
      expect([...names.keys()]).not.to.include('two');
      const { Config } = await here.docker.getImage(reference).inspect();
      expect(Config.Labels).to.include({ a: 'b', version: '1' });
    }
  });

  it('honours the flags that set what instructions run in', async () => {
    const here = workshop();
    const flags =
      '--add-host db=10.1.2.3 --add-host gw=host-gateway --ulimit nofile=99:199 --shm-size 80m --network none';
    here.write({
      'docker/app/Dockerfile':
        'FROM busybox:latest\nRUN cat /etc/hosts; echo limits: $(ulimit -Sn) $(ulimit -Hn); echo shm: $(df -m /dev/shm); ls /sys/class/net\n',
      'docker/run.cfg': `[app]\nbuild_args = ${flags}\n`,
    });
    await here.build('app', { options: { noCache: true } });
    const lines = here.told.lines.join('\n');
    expect(lines)
      .to.match(/10\.1\.2\.3\s+db/)
      .and.to.match(/\d+\.\d+\.\d+\.\d+\s+gw/);
    expect(lines).not.to.contain('eth0');
    // BuildKit in 20.10 has neither limits nor sizes.
    const { version } = await here.engine.facts();
    if (!version.startsWith('20.'))
      expect(lines)
        .to.contain('limits: 99 199')
        .and.to.match(/shm: .* 80 /);
  });

  it('is cancelled on the engine when it is aborted', async () => {
    const here = workshop();
    here.write({ 'docker/app/Dockerfile': `FROM busybox:latest\nRUN ${ENDLESS} ${here.root}\n` });
    for (const engine of [here.engine, here.classic()]) {
      const abort = new AbortController();
      const failed = rejection(here.build('app', {}, { signal: abort.signal, engine }));
      await untilRunning(here.root);
      abort.abort(new Error('enough'));
      expect((await failed).message).to.equal('enough');
      await until('its end', () => isRunning(here.root).then((runs) => !runs));
    }
  });
});

describe('an engine that is killed in the middle of a build', function () {
  this.timeout(600_000);

  for (const name of ['20-overlay2', '28-containerd'] as const) {
    it(`fails the build with one sentence, engine ${name}`, async function () {
      const engine = await bed.orSkip(this, () => bed.engine(name, { own: 'killed' }));
      try {
        await bed.baseImages(engine.docker, ['busybox:latest']);
        for (const builder of ['buildkit', 'classic']) {
          const here = await Workshop.open(engine.socket);
          here.write({ 'docker/app/Dockerfile': `FROM busybox:latest\nRUN ${ENDLESS} ${here.root}\n` });
          const failed = rejection(
            here.build('app', {}, builder === 'classic' ? { engine: here.classic() } : {}),
          );
          await untilRunning(here.root);
          await engine.restart('SIGKILL');
          const error = await failed;
          expect(error).to.include({ code: 'ENGINE_LOST', name: 'UserError' });
          await here.close();
        }
      } finally {
        await engine.stop();
      }
    });
  }
});

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('an engine that falls silent in the middle of a build', function () {
  this.timeout(600_000);

  it('fails the build after a minute, though no connection has broken', async function () {
    const engine = await bed.orSkip(this, () => bed.engine('28-overlay2', { own: 'silent' }));
    // A relay that stops passing anything on is what a dead network looks like.
    const relay = new Relay(engine.socket);
    try {
      await bed.baseImages(engine.docker, ['busybox:latest']);
      const here = await Workshop.open(await relay.listen());
      here.write({ 'docker/app/Dockerfile': `FROM busybox:latest\nRUN ${ENDLESS} ${here.root}\n` });
      const failed = rejection(here.build('app'));
      await untilRunning(here.root);
      relay.fallSilent();
      expect(await failed).to.include({ code: 'ENGINE_LOST', name: 'UserError' });
      await here.engine.close();
      fs.rmSync(here.root, { recursive: true });
    } finally {
      relay.close();
      await engine.stop();
    }
  });
});
