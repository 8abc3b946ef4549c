import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { planTransfer } from '../../../lib/transfer/index.js';
import { renderPlan } from '../../../lib/transfer/plan/render.js';
import { bed } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { attestedOn } from '../attestations.js';
import { RecordingReport } from '../build/workshop.js';
import { expectFiles, leftovers, type Near, newName, noise, openedEngines, transfer } from './workbench.js';

describe('transfer of an image that something is attested of', function () {
  this.timeout(600_000);
  const name = newName();
  const opened = openedEngines(name);
  const made = noise(200_000);
  let source: Near;

  before(async function () {
    this.timeout(600_000);
    source = await opened.near(this, '28-containerd');
  });

  /** Builds the image, which is another one each time, though its files are the same. */
  async function build(reference: string, ...flags: string[]): Promise<void> {
    const root = await mkdtemp(join(tmpdir(), 'attested-'));
    await writeFile(join(root, 'Dockerfile'), 'FROM busybox:latest\nCOPY made /\n');
    await writeFile(join(root, 'made'), made);
    const env = { ...process.env, DOCKER_HOST: source.url };
    await promisify(execFile)(await bed.dockerCli(), ['build', '-t', reference, ...flags, root], { env });
    await rm(root, { recursive: true });
  }

  for (const to of cases(['26-containerd', '28-containerd'] as const)) {
    it(`keeps it in containerd's store of ${to}, and the image's ID`, async function () {
      const target = await opened.near(this, to, 'attested');
      const reference = `${name}:${to}`;
      await build(reference, '--provenance=mode=max');
      const { Id } = await source.docker.getImage(reference).inspect();
      const result = await transfer(source.engine, target.engine, reference);
      expect(result).to.include({ id: Id, layersSent: 1 });
      const statements = await attestedOn(target.docker, reference);
      expect(statements).to.have.length(1);
      expect(statements).to.deep.equal(await attestedOn(source.docker, reference));
      await expectFiles(target.docker, reference, { made });

      await build(reference, '--provenance=mode=max');
      const again = await transfer(source.engine, target.engine, reference);
      expect(again).to.include({ layersSent: 0 });
      expect(again.id).not.to.equal(Id);
      expect(await attestedOn(target.docker, reference)).to.deep.equal(
        await attestedOn(source.docker, reference),
      );
      if (to === '28-containerd') {
        expect((await planTransfer(source.engine, target.engine, reference)).alreadyThere).to.equal(again.id);
      }
      for (const { docker } of [source, target]) expect(await leftovers(docker)).to.deep.equal([]);
    });
  }

  it('sends of several platforms one, with what is attested of that', async function () {
    const target = await opened.near(this, '28-containerd', 'platforms');
    const reference = `${name}:both`;
    await build(reference, '--provenance=mode=min', '--platform=linux/amd64,linux/arm64', '--pull=false');
    await transfer(source.engine, target.engine, reference);
    const own = await attestedOn(source.docker, reference);
    const there = await attestedOn(target.docker, reference);
    expect([own.length, there.length]).to.deep.equal([2, 1]);
    expect(own).to.deep.include(there[0]);
  });

  it('says where it cannot be kept', async function () {
    const target = await opened.near(this, '20-overlay2');
    const reference = `${name}:overlay2`;
    await build(reference, '--provenance=true');
    const plan = await planTransfer(source.engine, target.engine, reference);
    const sentence = 'what is attested of it stays behind: the image store of';
    expect(renderPlan(plan).join('\n')).to.contain(sentence);
    const report = new RecordingReport();
    await transfer(source.engine, target.engine, reference, { report });
    expect(report.lines.filter((line) => line.includes(sentence))).to.have.length(1);
    await expectFiles(target.docker, reference, { made });
  });
});
