import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bed, type BedRegistry } from '../../bed/index.js';
import { onOwnEngine, rejection, Workshop } from './workshop.js';

/** Two stages, of which the image keeps the second alone. */
const write = (here: Workshop, flags: string) =>
  here.write({
    'docker/app/Dockerfile':
      'FROM busybox:latest AS first\nRUN head -c 9 /dev/urandom | base64 > /made\nFROM busybox:latest\nCOPY --from=first /made /\n',
    'docker/run.cfg': `[app]\nbuild_args = ${flags}\n`,
  });

/** What the first stage made, which is never the same twice. */
const made = async (here: Workshop) =>
  (await here.content(here.plan('app').reference, '/made')).get('made')?.content.toString();

onOwnEngine('28-overlay2', 'a cache', (workshop) => {
  it('within the image gives an engine back what it has forgotten', async () => {
    const here = workshop();
    write(here, '--cache-to type=inline');
    const { reference } = await here.build('app');
    const first = await made(here);
    await here.docker.pruneBuilder();
    write(here, `--cache-from ${reference}`);
    expect((await here.build('app')).cached).to.deep.equal({ steps: 2, of: 2 });
    expect(await made(here)).to.equal(first);
  });

  it('in a registry or a folder is refused, for the engine can keep one within the image alone', async () => {
    const here = workshop();
    for (const [flags, place] of [
      ['type=registry,ref=localhost:1/cache', 'a registry'],
      ['type=local,dest=cache', 'a folder'],
    ] as const) {
      write(here, `--cache-to ${flags}`);
      const error = await rejection(here.build('app'));
      expect(error).to.include({ code: 'NEEDS_CONTAINERD_STORE' });
      expect(error.message).to.contain(`keep a cache in ${place}: use --cache-to type=inline`);
    }
  });

  it('in a folder is of no use, and no harm', async () => {
    const here = workshop();
    write(here, '--cache-from type=local,src=cache');
    await here.build('app');
    expect(here.told.lines.join('\n')).to.match(
      /the cache in \S+ is not used: the image store of this engine/,
    );
  });
});

onOwnEngine('28-containerd', 'a cache', (workshop) => {
  let registry: BedRegistry;
  before(async function () {
    this.timeout(600_000);
    registry = await bed.orSkip(this, () => bed.registry({}));
  });
  after(() => registry?.stop());

  it('in a registry gives an engine back what it has forgotten, all stages of it', async () => {
    const here = workshop();
    write(here, `--cache-to type=registry,ref=${registry.address}/cache,mode=max`);
    const { reference } = await here.build('app');
    const first = await made(here);
    await here.docker.getImage(reference).remove({ force: true });
    await here.docker.pruneBuilder();
    write(here, `--cache-from type=registry,ref=${registry.address}/cache`);
    await here.build('app');
    expect(await made(here)).to.equal(first);
  });

  it('in a registry is hit on another engine, which has never built it', async () => {
    const here = workshop();
    const files = {
      'docker/app/Dockerfile': `FROM busybox:latest AS first
RUN : ${here.root}; head -c 9 /dev/urandom | base64 > /made
FROM busybox:latest
COPY --from=first /made /
`,
    };
    const cache = `type=registry,ref=${registry.address}/elsewhere`;
    here.write({ ...files, 'docker/run.cfg': `[app]\nbuild_args = --cache-to ${cache},mode=max\n` });
    await here.build('app');
    const other = await bed.engine('28-containerd');
    await bed.baseImages(other.docker, ['busybox:latest']);
    const there = await Workshop.open(other.socket, here.root);
    here.write({ 'docker/run.cfg': `[app]\nbuild_args = --cache-from ${cache}\n` });
    try {
      expect((await there.build('app')).cached).to.deep.equal({ steps: 2, of: 2 });
      expect(await made(there)).to.equal(await made(here));
    } finally {
      await there.docker.getImage(there.plan('app').reference).remove({ force: true });
      await there.engine.close();
    }
  });

  /** Builds with docker buildx, with the same flags. */
  const buildx = async (here: Workshop, ...words: string[]) => {
    const { reference } = here.plan('app');
    const argv = ['buildx', 'build', '-t', reference, '-f', 'docker/app/Dockerfile', ...words, '.'];
    const env = { ...process.env, DOCKER_HOST: here.engine.address.url };
    await promisify(execFile)(await bed.dockerCli(), argv, { cwd: here.root, env });
    return reference;
  };

  const forget = async (here: Workshop, reference: string) => {
    await here.docker.getImage(reference).remove({ force: true });
    await here.docker.pruneBuilder();
  };

  it('in a folder gives an engine back what it has forgotten, once it is there', async () => {
    const here = workshop();
    const flags = '--cache-from type=local,src=cache --cache-to type=local,dest=cache,mode=max';
    write(here, flags);
    const { reference } = await here.build('app');
    expect(here.told.lines.join('\n')).to.contain(`no cache is in ${here.path('cache')} yet`);
    const first = await made(here);
    expect(fs.readdirSync(here.path('cache/ingest'))).to.deep.equal([]);
    await forget(here, reference);
    await here.build('app');
    expect(await made(here)).to.equal(first);
  });

  it('in a folder is the same to docker buildx, either way', async () => {
    const here = workshop();
    write(here, '--cache-to type=local,dest=ours,mode=max,tag=mine');
    const { reference } = await here.build('app');
    const first = await made(here);
    await forget(here, reference);
    await buildx(here, '--cache-from', 'type=local,src=ours,tag=mine');
    expect(await made(here)).to.equal(first);

    await forget(here, reference);
    await buildx(here, '--no-cache', '--cache-to', 'type=local,dest=theirs,mode=max');
    const second = await made(here);
    expect(second).not.to.equal(first);
    await forget(here, reference);
    write(here, '--cache-from type=local,src=theirs');
    await here.build('app');
    expect(await made(here)).to.equal(second);
  });

  it('in a folder that is damaged or cannot be written is one sentence', async () => {
    const here = workshop();
    write(here, '--cache-from type=local,src=cache');
    here.write({ 'cache/index.json': '{' });
    expect((await rejection(here.build('app'))).message).to.match(
      /cache\/index.json is no index of a build cache: /,
    );
    write(here, '--cache-to type=local,dest=file,mode=max');
    here.write({ file: 'in the way' });
    const error = await rejection(here.build('app', { options: { noCache: true } }));
    expect(error).to.include({ code: 'BUILD_CACHE', name: 'UserError' });
  });
});
