import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { many } from '../circle.js';
import { compiled } from '../program.js';
import { seed } from '../seed.js';
import { areas } from './parsers.js';
import type { Job, Told } from './reader.js';

/** Milliseconds that one input may take: it has 100 kilobytes, and machines may be slow. */
const TIME_LIMIT = 20_000;

/** All areas together; once in `test:all`: as if on Windows few of them read otherwise. */
const SECONDS = process.platform === 'win32' ? 3 : many(3, 600);

/** The same inputs in every `npm test`, as far as its seconds reach; new ones in the outermost circle. */
const SEED = process.env.TEST_FUZZ ? seed : many(1, seed);

/** `area:parser:number` reads that input again, and no other. */
const [againArea, only, first = 0] = process.env.TEST_FUZZ?.split(':') ?? [];

describe('text and bytes from outside', function () {
  this.timeout(SECONDS * 1000 + 600_000);

  for (const [area, parsers] of Object.entries(areas)) {
    if ((againArea ?? area) !== area) continue;
    it(`of ${area}: whatever comes is read or refused, in good time and in what a terminal may show`, async () => {
      const share = parsers.length / Object.values(areas).flat().length;
      const milliseconds = only === undefined ? SECONDS * 1000 * share : 0;
      const { failures, count } = await read({ area, only, first: Number(first), milliseconds });
      expect(failures.join('\n')).to.equal('');
      expect(count).to.be.at.least(1);
    });
  }
});

/** Reads in a process of its own, which can be ended where a parser does not come back. */
async function read(job: Job): Promise<{ failures: string[]; count: number }> {
  const program = compiled('test/fuzz/reader.ts');
  // What the parsers need on the disk goes with it, also where the process is killed.
  const temporary = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(job)], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, TEST_SEED: String(SEED) },
  });
  const failures: string[] = [];
  const tell = (parser: string, number: number, why: string) =>
    failures.push(`${parser}: ${why}\n  TEST_SEED=${SEED} TEST_FUZZ='${job.area}:${parser}:${number}'`);
  let count = 0;
  let at: [parser: string, number: number] | undefined;
  let since = Date.now();
  const watch = setInterval(() => {
    if (!at || Date.now() - since < TIME_LIMIT) return;
    clearInterval(watch);
    tell(...at, 'it does not come back');
    child.kill('SIGKILL');
  }, 200);
  const closed = once(child, 'close');
  for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
    const told = JSON.parse(line) as Told;
    if ('at' in told) [at, since] = [told.at, Date.now()];
    else if ('count' in told) ({ count } = told);
    else tell(told.failed.parser, told.failed.number, `${told.failed.why}\n  ${told.failed.input}`);
  }
  const [status, signal] = (await closed) as [number | null, string | null];
  clearInterval(watch);
  rmSync(temporary, { recursive: true });
  if (count === 0 && failures.length === 0)
    failures.push(`the process that reads ended by ${signal ?? status}`);
  return { failures, count };
}
