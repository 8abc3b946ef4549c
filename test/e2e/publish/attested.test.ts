import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bed, type BedRegistry } from '../../bed/index.js';
import { attestedAt, attestedOn } from '../attestations.js';
import { Workbench } from './workbench.js';

describe('publishing an image that something is attested of', function () {
  this.timeout(600_000);
  let bench: Workbench;
  let registry: BedRegistry;
  before(async function () {
    this.timeout(600_000);
    bench = await Workbench.open(await bed.orSkip(this, () => bed.engine('28-containerd')));
    registry = await bed.registry();
  });
  after(async () => {
    await registry?.stop();
    await bench?.close();
  });

  it('brings it to the registry', async () => {
    const name = bench.newName();
    const root = await mkdtemp(join(tmpdir(), 'attested-'));
    await writeFile(join(root, 'Dockerfile'), 'FROM busybox:latest\nCOPY Dockerfile /\n');
    const env = { ...process.env, DOCKER_HOST: bench.bed.url };
    const argv = ['build', '-t', `${name}:made`, '--provenance=mode=max', root];
    await promisify(execFile)(await bed.dockerCli(), argv, { env });
    await rm(root, { recursive: true });
    const { error } = await bench.publish(name, `${registry.address}/attested:1`);
    expect(error?.message).to.equal(undefined);
    const there = await attestedAt(registry.address, 'attested', '1');
    expect(there).to.have.length(1);
    expect(there).to.deep.equal(await attestedOn(bench.bed.docker, `${name}:made`));
  });
});
