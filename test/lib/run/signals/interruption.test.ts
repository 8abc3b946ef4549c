import { expect } from 'chai';
import type { Container } from '../../../../lib/engine/containers/container.js';
import type { RunPlan } from '../../../../lib/run/index.js';
import { Interruption } from '../../../../lib/run/signals/interruption.js';

describe('signals that come while a container is being started', () => {
  let got: string[];
  let container: Container;
  let interruption: Interruption;

  beforeEach(() => {
    got = [];
    container = { kill: (signal: string) => Promise.resolve(void got.push(signal)) } as unknown as Container;
    interruption = new Interruption(new AbortController().signal);
  });
  afterEach(() => interruption.release());

  const send = (...signals: NodeJS.Signals[]) => signals.forEach((signal) => process.emit(signal, signal));
  const started = () => interruption.passOnTo(container, { detach: false, sigProxy: true });

  it('reach it once it has started', async () => {
    send('SIGUSR1', 'SIGTERM');
    await started();
    expect(got).to.deep.equal(['SIGUSR1', 'SIGTERM']);
  });

  it('kill it when three of them were to end it, as its output can be read before the start is answered', async () => {
    send('SIGTERM', 'SIGTERM', 'SIGINT');
    await started();
    expect(got).to.deep.equal(['SIGKILL']);
  });

  it('count together with those that come later', async () => {
    send('SIGTERM', 'SIGTERM');
    await started();
    send('SIGTERM');
    expect(got).to.deep.equal(['SIGTERM', 'SIGKILL']);
  });
});

describe('signals that come while nobody can be told of them', () => {
  const interruption = (outer = new AbortController().signal) => new Interruption(outer);
  const never = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  const plan = { image: { name: 'app' } } as RunPlan;

  it('end what is done meanwhile, and the run', async () => {
    const one = interruption();
    const paused = one.pause(never);
    process.emit('SIGTERM', 'SIGTERM');
    expect(await paused).to.equal('ended');
    expect(one.wantsEnd).to.equal(true);
    expect(one.errorOfLost(plan, 'ann_app')).to.include({ code: 'INTERRUPTED', exitStatus: 143 });
    one.release();
  });

  it('are no matter where none asks for the end', async () => {
    const one = interruption();
    const paused = one.pause(() => new Promise((resolve) => setImmediate(() => resolve('done'))));
    process.emit('SIGUSR1', 'SIGUSR1');
    expect(await paused).to.equal('done');
    expect(one.wantsEnd).to.equal(false);
    one.release();
  });

  it('have the abortion of the run for their like, before and meanwhile', async () => {
    const outer = new AbortController();
    const one = interruption(outer.signal);
    const paused = one.pause(never);
    outer.abort(new Error('another task failed'));
    expect(await paused).to.equal('ended');
    expect(await one.pause((signal) => Promise.resolve(signal.throwIfAborted()))).to.equal('ended');
    expect(one.errorOfLost(plan, 'ann_app')).to.equal(outer.signal.reason);
    one.release();
  });
});
