/**
 * Asks a docker CLI of version 28 what it makes of every text in cases.ts, and writes recording.json:
 *
 *     npx tsx test/oracle/references/record.ts
 *
 * No engine is needed.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliVersion, runDocker } from '../run-flags/docker-cli.js';
import { type FakeEngine, type Recorded, startFakeEngine } from '../run-flags/fake-engine.js';
import { allCases } from './cases.js';
import type { Answer, Recording } from './recording.js';

const folder = mkdtempSync(join(tmpdir(), 'references-'));
const asked = join(folder, 'asked');

/** A credential store that writes down which registry it is asked about, and knows none. */
function setUp(): Record<string, string> {
  mkdirSync(join(folder, 'bin'));
  const store = `#!/bin/sh\ncat > '${asked}'\necho 'credentials not found in native keychain'\nexit 1\n`;
  writeFileSync(join(folder, 'bin/docker-credential-notes'), store, { mode: 0o755 });
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ credsStore: 'notes' }));
  return { DOCKER_CONFIG: folder, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
}

async function answer(text: string, engine: FakeEngine, env: Record<string, string>): Promise<Answer> {
  const ask = async (...words: string[]): Promise<{ request?: Recorded; says: string }> => {
    const { says } = await runDocker(['--host', `unix://${engine.socket}`, ...words], folder, env);
    return { request: engine.take()[0], says };
  };
  writeFileSync(asked, '');
  const pull = await ask('pull', text);
  const tag = await ask('tag', 'app', text);
  const create = await ask('create', text);
  return {
    text,
    ...(pull.request && {
      pull: {
        fromImage: String(pull.request.query.fromImage),
        tag: String(pull.request.query.tag),
        credentialsOf: readFileSync(asked, 'utf8').trim(),
      },
    }),
    ...(tag.request && {
      tag: { repo: String(tag.request.query.repo), tag: String(tag.request.query.tag) },
    }),
    create: create.request !== undefined,
    ...(!pull.request && { says: pull.says }),
  };
}

async function record(): Promise<Recording> {
  const cli = cliVersion();
  const env = setUp();
  const engine = await startFakeEngine(join(folder, 'engine'), '1.50');
  const answers: Answer[] = [];
  try {
    for (const text of allCases()) answers.push(await answer(text, engine, env));
  } finally {
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return { cli, answers };
}

const { cli, answers } = await record();
const lines = answers.map((one) => JSON.stringify(one)).join(',\n');
writeFileSync(
  join(import.meta.dirname, 'recording.json'),
  `{"cli":${JSON.stringify(cli)},\n"answers":[\n${lines}\n]}\n`,
);
const refused = answers.filter(({ pull }) => pull === undefined).length;
console.log(`docker CLI ${cli}: ${answers.length} texts, ${refused} of them no reference`);
