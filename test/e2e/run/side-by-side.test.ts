import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { type Engine, openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { carryOutRun, planRun, type RunPlan, type RunStreams } from '../../../lib/run/index.js';
import type { Word } from '../../../lib/text/word.js';
import { bed, type BedEngine } from '../../bed/index.js';
import { image } from '../../image.js';
import { quiet, quietMeans } from '../../means.js';
import { untilRunning } from '../../until.js';

describe('runs side by side in one process', function () {
  this.timeout(600_000);
  const label = `e2e-side-${process.pid}`;
  let engine: Engine;
  let docker: BedEngine['docker'];

  before(async function () {
    this.timeout(600_000);
    const bedEngine = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    const { env } = bedEngine;
    docker = bedEngine.docker;
    await bed.baseImages(docker, ['busybox:latest']);
    engine = await openEngine(resolveEngineAddress({ env }));
  });
  after(() => engine?.close());

  /** Streams of which what was written can be had when they are closed. */
  function streams(input = ''): RunStreams & { output: Promise<string> } {
    const stdout = new PassThrough();
    const stdin = new PassThrough();
    stdin.end(input);
    const all = { stdin, stdout, stderr: new PassThrough() } as unknown as RunStreams;
    return Object.assign(all, { output: text(stdout) });
  }

  async function run(
    plan: RunPlan,
    input?: string,
    signal = quiet.signal,
  ): Promise<[status: number, output: string]> {
    const all = streams(input);
    const { exitStatus } = await carryOutRun(plan, {
      ...quietMeans(engine, { signal, env: {} }),
      streams: all,
    });
    all.stdout.end();
    return [exitStatus, await all.output];
  }

  function plan(name: string, script: string, interactive?: string): RunPlan {
    const words = (list: string[]): Word[] => list.map((word) => ({ text: word }));
    return planRun({
      project: { name: 'project', root: '/', user: label },
      image: image(name, 'busybox:latest', {
        args: words(['--label', label]),
        cmd: words(['sh', '-c', script]),
      }),
      options: { interactive },
      env: {},
      now: new Date(),
      stdinIsTTY: false,
      stdoutIsTTY: false,
    });
  }

  const left = () => docker.listContainers({ all: true, filters: { label: [label] } });

  it('gives standard input to the first, and none to the others', async () => {
    const results = await Promise.all([
      run(plan('one', 'sleep 0.5; cat; echo one'), 'input\n'),
      run(plan('two', 'cat; echo two'), 'of the same process\n'),
      run(plan('three', 'exit 3')),
    ]);
    expect(results).to.deep.equal([
      [0, 'input\none\n'],
      [0, 'two\n'],
      [3, ''],
    ]);
  });

  it('gives the containers of one second names of their own', async () => {
    const same = plan('one', 'sleep 1');
    const results = await Promise.all([run(same), run(same), run(same)]);
    expect(results.map(([status]) => status)).to.deep.equal([0, 0, 0]);
    expect(await left()).to.deep.equal([]);
  });

  it('refuses a second one that asks for standard input', async () => {
    const first = run(plan('one', 'sleep 0.5', '-i'));
    const second = await run(plan('two', 'true', '-i')).catch((error: unknown) => error);
    expect(second).to.have.property('code', 'INPUT_TAKEN');
    expect(await first).to.deep.equal([0, '']);
    expect(await run(plan('two', 'cat', '-i'), 'free again')).to.deep.equal([0, 'free again']);
  });

  it('stops a container whose run is aborted', async () => {
    const abort = new AbortController();
    const mark = `until-aborted-${process.pid}`;
    const running = run(
      plan('one', `trap "echo stopped; exit 5" TERM; : ${mark}; while :; do sleep 0.1; done`),
      '',
      abort.signal,
    );
    await untilRunning(mark);
    abort.abort(new Error('another task failed'));
    expect(await running).to.deep.equal([5, 'stopped\n']);
    expect(await left()).to.deep.equal([]);
  });

  it('starts nothing when it is aborted before', async () => {
    const failure = await run(
      plan('one', 'true'),
      '',
      AbortSignal.abort(new Error('another task failed')),
    ).catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'another task failed');
    expect(await left()).to.deep.equal([]);
  });
});
