import { expect } from 'chai';
import { bed, type BedRegistry } from '../../bed/index.js';
import { onOwnEngine, rejection, type Workshop } from './workshop.js';

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
    await here.engine.docker.pruneBuilder();
    write(here, `--cache-from ${reference}`);
    expect((await here.build('app')).cached).to.deep.equal({ steps: 2, of: 2 });
    expect(await made(here)).to.equal(first);
  });

  it('in a registry is refused, for the engine can keep one within the image alone', async () => {
    const here = workshop();
    write(here, '--cache-to type=registry,ref=localhost:1/cache');
    const error = await rejection(here.build('app'));
    expect(error).to.include({ code: 'NEEDS_CONTAINERD_STORE' });
    expect(error.message).to.contain('--cache-to type=inline');
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
    await here.engine.docker.getImage(reference).remove({ force: true });
    await here.engine.docker.pruneBuilder();
    write(here, `--cache-from type=registry,ref=${registry.address}/cache`);
    await here.build('app');
    expect(await made(here)).to.equal(first);
  });
});
