/**
 * Asks a docker CLI of version 28 for its request of every line in cases.ts, and writes recording.json:
 *
 *     npx tsx test/oracle/run-flags/record.ts
 *
 * No engine is needed. A CLI of another version on PATH is refused: put the directory of one of 28.x first.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allCases, type Case, TEMPORARY } from './cases.js';
import { cliVersion, runDocker } from './docker-cli.js';
import { type FakeEngine, startFakeEngine } from './fake-engine.js';
import { type Answer, difference, type Recording } from './recording.js';

const FILES = join(import.meta.dirname, 'files');
const WORKERS = 3;
const CURRENT = '1.50';

async function record(): Promise<void> {
  const cli = cliVersion();
  const temporary = mkdtempSync(join(tmpdir(), 'run-flags-'));
  const cases = allCases();
  const answers = new Array<Answer>(cases.length);
  const baselines: Record<string, unknown> = {};
  let next = 0;
  const work = async (worker: number) => {
    const engines = new Map<string, FakeEngine>();
    const engineFor = async (api: string) => {
      const engine = engines.get(api) ?? (await startFakeEngine(join(temporary, `${worker}-${api}`), api));
      engines.set(api, engine);
      baselines[api] ??= (await ask(engine, { words: ['img'] }, temporary)).body;
      return engine;
    };
    for (let index = next++; index < cases.length; index = next++) {
      const question = cases[index]!;
      const api = question.api ?? CURRENT;
      const reply = await ask(await engineFor(api), question, temporary);
      answers[index] = toAnswer(question, reply, baselines[api]);
    }
    for (const engine of engines.values()) engine.close();
  };
  try {
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  write({ cli, baselines, answers });
  const refused = answers.filter(({ exit }) => exit !== undefined).length;
  console.log(`docker CLI ${cli}: ${answers.length} lines, ${refused} of them refused`);
}

interface Reply {
  body?: unknown;
  query?: Record<string, string | string[]>;
  exit: number;
  says: string;
}

async function ask(engine: FakeEngine, question: Case, temporary: string): Promise<Reply> {
  const run = await docker('run', engine, question, temporary);
  // Standard input is no terminal here; `docker create` makes the same request and does not look.
  return run.says.includes('the input device is not a TTY')
    ? docker('create', engine, question, temporary)
    : run;
}

async function docker(
  verb: string,
  engine: FakeEngine,
  { words, configured }: Case,
  temporary: string,
): Promise<Reply> {
  const folder = mkdtempSync(join(temporary, 'case-'));
  const given = words.map((word) => word.replaceAll(TEMPORARY, folder));
  const hide = (text: string) =>
    text
      .replaceAll(engine.socket, '<socket>')
      .replaceAll(folder, TEMPORARY)
      .replaceAll(FILES, '<files>')
      .replaceAll(join(FILES, '..'), '<above>');
  const environment = configured && { DOCKER_CONFIG: join(FILES, 'configuration') };
  const line = ['--host', `unix://${engine.socket}`, verb, ...given];
  const { exit, says } = await runDocker(line, FILES, environment);
  rmSync(folder, { recursive: true, force: true });
  const request = engine.take().find(({ path }) => path === '/containers/create');
  const body: unknown = request && JSON.parse(hide(request.body.toString('utf8')));
  return { body, query: request?.query, exit, says: hide(says) };
}

function toAnswer(question: Case, reply: Reply, baseline: unknown): Answer {
  const { words, api, configured } = question;
  const asked = { words, ...(api && { api }), ...(configured && { configured }) };
  if (reply.body === undefined) return { ...asked, exit: reply.exit, says: reply.says };
  const query = Object.keys(reply.query ?? {}).length > 0 && { query: reply.query };
  return { ...asked, body: difference(baseline, reply.body), ...query };
}

/** One answer a line, so that a new recording shows what has changed. */
function write({ cli, baselines, answers }: Recording): void {
  const lines = answers.map((answer) => JSON.stringify(answer)).join(',\n');
  const text = `{"cli":${JSON.stringify(cli)},\n"baselines":${JSON.stringify(baselines)},\n"answers":[\n${lines}\n]}\n`;
  writeFileSync(join(import.meta.dirname, 'recording.json'), text);
}

await record();
