import { expect } from 'chai';
import type { Container } from '../../../lib/engine/containers/container.js';
import { Interruption } from '../../../lib/run/interruption.js';

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
