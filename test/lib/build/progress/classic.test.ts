import { expect } from 'chai';
import { ClassicProgress } from '../../../../lib/build/progress/classic.js';
import type { ItemState } from '../../../../lib/report/types.js';

/** What is shown of what a builder prints, in its messages. */
function shown(messages: readonly string[], end: 'done' | 'failed' = 'done') {
  const items: string[] = [];
  const lines: string[] = [];
  const progress = new ClassicProgress({
    item: (_, { label, state }: ItemState) => items.push(`${state} ${label}`),
    line: (text) => lines.push(text),
    done() {},
    failed() {},
  });
  for (const message of messages) progress.print(message);
  progress.end(end);
  return { items, lines, cached: progress.cached, failure: progress.failure('why') };
}

describe('steps of a builder that is not BuildKit', () => {
  it('are those of the classic one', () => {
    const { items, lines, cached } = shown([
      'Step 1/3 : FROM busybox',
      '\n',
      ' ---> 0f1e\n',
      'Step 2/3 : RUN echo STEP 2/2: no',
      '\n',
      ' ---> Using cache\n',
      'Step 3/3 : RUN echo --',
      '\n',
      ' ---> Running in 1\n',
      '--',
      'Removing intermediate container 1\n',
      'Successfully built 0f1e\n',
    ]);
    expect(items).to.deep.equal([
      'running [1/3] FROM busybox',
      'done [1/3] FROM busybox',
      'running [2/3] RUN echo STEP 2/2: no',
      'cached [2/3] RUN echo STEP 2/2: no',
      'running [3/3] RUN echo --',
      'done [3/3] RUN echo --',
    ]);
    expect(lines).to.deep.equal(['[3/3] --Removing intermediate container 1']);
    expect(cached).to.deep.equal({ steps: 1, of: 2 });
  });

  it("are podman's, with their stages as BuildKit names them", () => {
    const { items, lines, cached } = shown([
      '[1/2] STEP 1/2: FROM busybox:latest AS builder\n',
      "[1/2] STEP 2/2: RUN printf 'no newline'\n",
      'no newline',
      '--> c0d8174a804\n',
      '[2/2] STEP 1/2: FROM busybox:latest\n',
      '[2/2] STEP 2/2: COPY --from=builder /bin/busybox /bb\n',
      '--> Using cache 3905b190b73c9ca70c62527624844ebc3ad4a775729653ba5237ad74a6604400\n',
      '--> 3905b190b73\n',
      '[2/2] COMMIT docker.io/library/app:1\n',
      '--> 228f045ec18\n',
      'Successfully tagged docker.io/library/app:1\n',
      '228f045ec18e80a36abcef848d59de1487735f3e6320d2b842bc9ad9820ff7dc\n',
      'Successfully built 228f045ec18e\n',
    ]);
    expect(items).to.deep.equal([
      'running [builder 1/2] FROM busybox:latest AS builder',
      'done [builder 1/2] FROM busybox:latest AS builder',
      "running [builder 2/2] RUN printf 'no newline'",
      "done [builder 2/2] RUN printf 'no newline'",
      'running [stage-1 1/2] FROM busybox:latest',
      'done [stage-1 1/2] FROM busybox:latest',
      'running [stage-1 2/2] COPY --from=builder /bin/busybox /bb',
      'cached [stage-1 2/2] COPY --from=builder /bin/busybox /bb',
    ]);
    expect(lines).to.deep.equal(['[builder 2/2] no newline']);
    expect(cached).to.deep.equal({ steps: 1, of: 2 });
  });

  it('have failed with their output', () => {
    const { items, failure } = shown(
      ['STEP 1/2: FROM x\n', 'STEP 2/2: RUN false\n', 'out\n', 'put'],
      'failed',
    );
    expect(items.at(-1)).to.equal('failed [2/2] RUN false');
    expect(failure).to.deep.equal({ step: '[2/2] RUN false', reason: 'why', output: ['out', 'put'] });
  });
});
