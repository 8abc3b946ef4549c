import { constants } from 'node:os';
import { expect } from 'chai';
import { catchSignals } from '../../../../lib/run/signals/signals.js';
import { onLinux, onPlatform } from '../../../platform.js';

onLinux('signals', describe)('signals that a container gets', function () {
  it('are those that docker run passes on, real-time signals among them where Node hands them out', async () => {
    const caught: string[] = [];
    const release = catchSignals((signal) => caught.push(signal));
    const { SIGALRM, SIGUSR2, SIGVTALRM } = constants.signals;
    const realTime = handsOutSignals() ? [34, 40, 64] : [];
    const sent = [SIGALRM, SIGUSR2, SIGVTALRM, ...realTime];
    try {
      for (const signal of sent) process.kill(process.pid, signal);
      for (let turn = 0; caught.length < sent.length && turn < 1000; turn++)
        await new Promise((resolve) => setImmediate(resolve));
    } finally {
      release();
    }
    expect(caught).to.have.members(['SIGALRM', 'SIGUSR2', 'SIGVTALRM', ...realTime.map(String)]);
    expect(process.listenerCount('SIGALRM')).to.equal(0);
  });

  it('are those of Ctrl-C for Ctrl-Break, too, which Windows has', () =>
    onPlatform('win32', () => {
      const caught: string[] = [];
      const release = catchSignals((signal) => caught.push(signal));
      process.emit('SIGBREAK', 'SIGBREAK');
      release();
      process.emit('SIGBREAK', 'SIGBREAK');
      expect(caught).to.deep.equal(['SIGINT']);
    }));
});

/** Node 24.21 does so no more: there a real-time signal ends the process. */
function handsOutSignals(): boolean {
  const { binding } = process as typeof process & { binding?: (name: string) => unknown };
  try {
    return binding?.('signal_wrap') !== undefined;
  } catch {
    return false;
  }
}
