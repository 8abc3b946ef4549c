/**
 * Asks a docker CLI of version 28.5 for its request of every line in cases.ts, and writes recording.json:
 *
 *     npx tsx test/oracle/service-flags/record.ts
 *
 * No engine is needed. A CLI of another version on PATH is refused: put the directory of one of 28.5 first, such as
 * `dockerCli()` of test/bed makes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliVersion, runDocker } from '../run-flags/docker-cli.js';
import { type FakeEngine, startFakeEngine } from '../run-flags/fake-engine.js';
import { allCases, type Case, CURRENT, FILES } from './cases.js';
import { swarmAnswers } from './fake-swarm.js';
import { type Answer, difference, type Recording } from './recording.js';

const WORKERS = 6;

async function record(): Promise<void> {
  const cli = cliVersion('28.5');
  const temporary = mkdtempSync(join(tmpdir(), 'service-flags-'));
  const cases = allCases();
  const answers = new Array<Answer>(cases.length);
  let baseline: unknown;
  let next = 0;
  const work = async (worker: number) => {
    const engines = new Map<string, FakeEngine>();
    const engineFor = async (api: string) => {
      const socket = join(temporary, `${worker}-${api}`);
      const engine = engines.get(api) ?? (await startFakeEngine(socket, api, swarmAnswers));
      engines.set(api, engine);
      return engine;
    };
    baseline ??= (await ask(await engineFor(CURRENT), { words: ['img'] })).body;
    for (let index = next++; index < cases.length; index = next++) {
      const question = cases[index]!;
      const reply = await ask(await engineFor(question.api ?? CURRENT), question);
      const says = reply.body === undefined && { exit: reply.exit, says: reply.says };
      answers[index] = { ...question, ...(says || { body: difference(baseline, reply.body) }) };
    }
    for (const engine of engines.values()) engine.close();
  };
  try {
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  write({ cli, baseline, answers });
  const refused = answers.filter(({ exit }) => exit !== undefined).length;
  console.log(`docker CLI ${cli}: ${answers.length} lines, ${refused} of them refused`);
}

async function ask(
  engine: FakeEngine,
  { words }: Case,
): Promise<{ body?: unknown; exit: number; says: string }> {
  const line = ['--host', `unix://${engine.socket}`, 'service', 'create', ...words];
  const { exit, says } = await runDocker(line, FILES);
  const hide = (text: string) =>
    text
      .replaceAll(engine.socket, '<socket>')
      .replaceAll(FILES, '<files>')
      .replaceAll(join(FILES, '..'), '<above>');
  const request = engine.take().find(({ path }) => path === '/services/create');
  const body: unknown = request && JSON.parse(hide(request.body.toString('utf8')));
  return { body, exit, says: hide(says) };
}

/** One answer a line, so that a new recording shows what has changed. */
function write({ cli, baseline, answers }: Recording): void {
  const lines = answers.map((answer) => JSON.stringify(answer)).join(',\n');
  const head = `{"cli":${JSON.stringify(cli)},\n"baseline":${JSON.stringify(baseline)}`;
  writeFileSync(join(import.meta.dirname, 'recording.json'), `${head},\n"answers":[\n${lines}\n]}\n`);
}

await record();
