/**
 * Asks a docker CLI of version 28 for the request of its classic builder for every line in cases.ts, and writes
 * recording.json:
 *
 *     npx tsx test/oracle/build-flags/record.ts
 *
 * No engine is needed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliVersion, runDocker } from '../run-flags/docker-cli.js';
import { type Recorded, startFakeEngine } from '../run-flags/fake-engine.js';
import { allCases } from './cases.js';

/** What the docker CLI made of one line: the parameters of its request, or its refusal. */
export interface BuildAnswer {
  words: string[];
  query?: Recorded['query'];
  exit?: number;
  says?: string;
}

export interface BuildRecording {
  cli: string;
  answers: BuildAnswer[];
}

const CONTEXT = join(import.meta.dirname, 'context');

async function record(): Promise<void> {
  const cli = cliVersion();
  const temporary = mkdtempSync(join(tmpdir(), 'build-flags-'));
  const engine = await startFakeEngine(join(temporary, 'engine'), '1.50');
  const answers: string[] = [];
  for (const words of allCases()) {
    const line = ['--host', `unix://${engine.socket}`, 'build', ...words, '.'];
    const { exit, says } = await runDocker(line, CONTEXT, { DOCKER_BUILDKIT: '0' });
    const query = engine.take()[0]?.query;
    const answer: BuildAnswer = query ? { words, query } : { words, exit, says };
    answers.push(JSON.stringify(answer));
  }
  engine.close();
  rmSync(temporary, { recursive: true, force: true });
  const text = `{"cli":${JSON.stringify(cli)},\n"answers":[\n${answers.join(',\n')}\n]}\n`;
  writeFileSync(join(import.meta.dirname, 'recording.json'), text);
  console.log(`docker CLI ${cli}: ${answers.length} lines`);
}

if (process.argv[1] === import.meta.filename) await record();
