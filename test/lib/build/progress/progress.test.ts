import { expect } from 'chai';
import { parseDockerfile } from '../../../../lib/build/dockerfile/index.js';
import { buildFailed, stepFailed } from '../../../../lib/build/progress/failure.js';
import { SolveProgress } from '../../../../lib/build/progress/solve.js';
import type { SolveStatus, Vertex } from '../../../../lib/build/progress/status.js';
import { StepOutput } from '../../../../lib/build/progress/step-output.js';
import type { ItemState } from '../../../../lib/report/types.js';

const build = (dockerfile: string) => ({
  image: 'app',
  shown: 'docker/app/Dockerfile',
  instructions: parseDockerfile(dockerfile).instructions,
});

describe('output of a step', () => {
  it('is cut into lines, of which a progress bar leaves the last state', () => {
    const output = new StepOutput();
    const bytes = Buffer.from('a\nü');
    expect(output.add(bytes.subarray(0, 3))).to.deep.equal(['a']);
    expect(output.add(bytes.subarray(3))).to.deep.equal([]);
    expect(output.add(Buffer.from('b\r\n10%\r20%\r\nend'))).to.deep.equal(['üb', '20%']);
    expect(output.end()).to.deep.equal(['end']);
    expect(output.last).to.deep.equal(['a', 'üb', '20%', 'end']);
  });
});

describe('steps of BuildKit', () => {
  it('become items with their time, CACHED and output', () => {
    const items: [string, ItemState][] = [];
    const lines: string[] = [];
    const progress = new SolveProgress({
      item: (id, state) => items.push([id, state]),
      line: (text) => lines.push(text),
      done() {},
      failed() {},
    });
    const at = (seconds: number) => ({ seconds, nanos: 500_000_000 });
    const vertex = (fields: Partial<Vertex>): Vertex => ({
      digest: 'a',
      name: '[2/3] RUN make',
      cached: false,
      started: at(1),
      completed: null,
      error: '',
      ...fields,
    });
    const status = (fields: Partial<SolveStatus>): SolveStatus => ({
      vertexes: [],
      statuses: [],
      logs: [],
      warnings: [],
      ...fields,
    });
    progress.update(
      status({ vertexes: [vertex({}), vertex({ digest: 'i', name: '[internal] load metadata' })] }),
    );
    progress.update(status({ logs: [{ vertex: 'a', msg: Buffer.from('one\ntw') }] }));
    progress.update(status({ vertexes: [vertex({ completed: at(3) })] }));
    progress.update(
      status({ vertexes: [vertex({ digest: 'b', name: '[3/3] RUN test', cached: true, completed: at(1) })] }),
    );
    expect(items).to.deep.equal([
      ['a', { label: '[2/3] RUN make', state: 'running' }],
      ['a', { label: '[2/3] RUN make', state: 'done', elapsed: 2000 }],
      ['b', { label: '[3/3] RUN test', state: 'cached' }],
    ]);
    expect(lines).to.deep.equal(['[2/3] one', '[2/3] tw']);
    expect(progress.cached).to.deep.equal({ steps: 1, of: 2 });
    // BuildKit comes back to what it has to fetch from the cache of a registry.
    progress.update(
      status({
        vertexes: [vertex({ digest: 'b', name: '[3/3] RUN test', started: at(4), completed: at(5) })],
      }),
    );
    expect(items.at(-1)).to.deep.equal(['b', { label: '[3/3] RUN test', state: 'cached' }]);
    expect(progress.cached).to.deep.equal({ steps: 1, of: 2 });
    // And to a base image, for a moment, or to pull it.
    const again = { started: at(6), completed: { seconds: 6, nanos: 600_000_000 } };
    progress.update(status({ vertexes: [vertex(again)] }));
    expect(items.at(-1)).to.deep.equal(['a', { label: '[2/3] RUN make', state: 'done', elapsed: 2000 }]);
    progress.update(status({ vertexes: [vertex({ started: at(7), completed: at(9) })] }));
    expect(items.at(-1)).to.deep.equal(['a', { label: '[2/3] RUN make', state: 'done', elapsed: 4000 }]);
    progress.update(
      status({
        vertexes: [
          vertex({ digest: 'c', name: '[x 1/1] RUN a', error: 'context canceled', completed: at(4) }),
          vertex({ digest: 'd', name: '[y 1/1] RUN b', error: 'exit code: 1', completed: at(4) }),
        ],
      }),
    );
    expect(progress.failure).to.deep.include({ step: '[y 1/1] RUN b', reason: 'exit code: 1' });
  });
});

describe('a failed step', () => {
  const failure = (step: string, reason: string) => ({ step, reason, output: ['gcc: no'] });

  it('is told by its instruction, its line and its last output', () => {
    const dockerfile = 'FROM x\nRUN a \\\n  # why\n  b\n\nRUN c\n';
    const reason = 'process "/bin/sh -c a   b" did not complete successfully: exit code: 2';
    expect(stepFailed(build(dockerfile), failure('[stage-0 2/3] RUN a   b', reason)).message).to.equal(
      'docker/app/Dockerfile:2: RUN a b failed, so app was not built: exit code: 2.\n  gcc: no',
    );
  });

  it('is told by podman with where its files are there, and with what it made of the step', () => {
    const { message } = stepFailed(
      build('FROM x\nCOPY a /\n'),
      failure(
        '[2/2] COPY a /',
        'building at STEP "COPY a /": checking on sources under "/var/tmp/libpod_builder1/build": copier: stat: "/a": no such file or directory\n',
      ),
    );
    expect(message).to.equal(
      'docker/app/Dockerfile:2: COPY a / failed, so app was not built: "/a": no such file or directory.\n  gcc: no',
    );
    const run = failure('[2/2] RUN a', 'building at STEP "RUN a": while running runtime: exit status 3\n');
    expect(stepFailed(build('RUN a'), run).message).to.include('app was not built: exit code: 3.');
  });

  it('has no line where several could be meant', () => {
    const { message } = stepFailed(build('FROM x\nRUN a\nRUN a\n'), failure('[2/3] RUN a', 'exit code: 2'));
    expect(message).to.match(/^docker\/app\/Dockerfile: RUN a failed/);
  });

  it('outside of the steps is told by what the engine says', () => {
    const parse = 'dockerfile parse error on line 3: unknown instruction: FOO';
    expect(buildFailed(build(''), parse).message).to.equal(
      'docker/app/Dockerfile:3: unknown instruction: FOO.',
    );
    const other =
      'failed to solve with frontend dockerfile.v0: rpc error: code = Unknown desc = no such host';
    expect(buildFailed(build(''), other).message).to.equal(
      'docker/app/Dockerfile: app was not built: no such host.',
    );
  });
});

describe('warnings of BuildKit', () => {
  it('say their line once, and each is told once', () => {
    const lines: string[] = [];
    const ignore = () => undefined;
    const progress = new SolveProgress({
      item: ignore,
      line: (text) => lines.push(text),
      done: ignore,
      failed: ignore,
    });
    const warning = (short: string, line?: number) => ({
      vertex: 'a',
      short: Buffer.from(short),
      url: '',
      ranges: line === undefined ? [] : [{ start: { line } }],
    });
    const warnings = [
      warning('FromAsCasing: casing does not match (line 2)', 2),
      warning('FromAsCasing: casing does not match (line 2)', 2),
      warning('Old syntax', 3),
      warning('No place'),
    ];
    progress.update({ vertexes: [], statuses: [], logs: [], warnings });
    expect(lines).to.deep.equal([
      'warning: FromAsCasing: casing does not match (line 2)',
      'warning: Old syntax (line 3)',
      'warning: No place',
    ]);
  });
});
