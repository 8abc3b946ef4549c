import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { interruptible } from '../../tasks/interrupt.js';

describe('work that may be interrupted', () => {
  it('has a signal that as many may listen to as there are hosts, without a warning', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => warnings.push(name);
    process.on('warning', onWarning);
    await interruptible(async ({ signal }) => {
      for (let i = 0; i < 20; i++) signal.addEventListener('abort', () => undefined);
      await turn();
    });
    await turn();
    process.off('warning', onWarning);
    expect(warnings).to.deep.equal([]);
  });
});
