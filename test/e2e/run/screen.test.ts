import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { bed } from '../../bed/index.js';
import { compiled } from '../../program.js';

const argv = [process.execPath, compiled('test/e2e/run/screen-program.ts')];
// CI, which the tests may run under, would make it plain.
const env = { ...process.env, LANG: 'C.UTF-8', CI: '' };

/** What must be there, once, whatever has moved below it. */
function expectedLines(): string[] {
  const expected = ['the end', '✔ one  built', '✔ two  built', '✔ push  pushed', 'push │ ✔ layer a  50MB'];
  for (let line = 1; line <= 10; line++) expected.push(`[12:00:00] from gulp ${line}`);
  for (const [title, elapsed] of [
    ['one', '0.3s'],
    ['two', '0.5s'],
  ]) {
    for (let step = 1; step <= 3; step++) {
      expected.push(`${title} │ ✔ step ${step}  ${elapsed}`);
      for (let line = 1; line <= 5; line++) expected.push(`${title} │ step ${step} line ${line}`);
    }
  }
  return expected;
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

describe('the screen of a real terminal', function () {
  this.timeout(600_000);

  for (const columns of [40, 80, 120]) {
    it(`has every line once, at ${columns} columns`, async function () {
      const terminal = await bed.orSkip(this, () => bed.pty(argv, { columns, env }));
      try {
        const during = await terminal.waitFor(/layer a .*\dMB\/50MB/);
        expect(during.match(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] push/gm)).to.have.length(1);
        await terminal.waitFor(/the end/);
        expect(linesOf(await terminal.everything())).to.have.members(expectedLines());
      } finally {
        await terminal.close();
      }
    });
  }

  it('has every line once when the terminal changes its size', async function () {
    const terminal = await bed.orSkip(this, () => bed.pty(argv, { columns: 110, env }));
    try {
      await terminal.waitFor(/layer a/);
      for (const [columns, rows] of [
        [60, 20],
        [90, 12],
        [45, 30],
        [100, 24],
      ] as const) {
        await terminal.resize(columns, rows);
        await sleep(250);
      }
      await terminal.waitFor(/the end/);
      // A terminal may be narrower for a moment before it tells, and wrap; but nothing is lost or there twice.
      const lines = linesOf(await terminal.everything());
      for (const line of expectedLines())
        expect(lines.filter((each) => each === line)).to.have.length(1, line);
    } finally {
      await terminal.close();
    }
  });

  it('is left in order by Ctrl-C', async function () {
    const shell = ['sh', '-c', `trap : INT; "$@"; echo "shell goes on"`, 'sh', ...argv];
    const terminal = await bed.orSkip(this, () => bed.pty(shell, { env }));
    try {
      await terminal.waitFor(/layer a/);
      await terminal.keys('C-c');
      const text = await terminal.waitFor(/shell goes on/);
      expect(text).to.match(/^(\^C)?shell goes on$/m);
    } finally {
      await terminal.close();
    }
  });
});
