/**
 * Asks BuildKit what it is sent for each ignore file, and writes recording.json: `docker buildx build` of `COPY . /`, with
 * the result as a tar archive, on an engine of the test bed.
 *
 *     npx tsx test/oracle/dockerignore/record.ts
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { extract } from 'tar-stream';
import { bed } from '../../bed/index.js';
import { IGNORE_FILES, TREE } from './cases.js';
import { plant } from './plant.js';

export type Answer = { sent: string[] } | { error: string };

const run = promisify(execFile);

async function main(): Promise<void> {
  const engine = await bed.engine('28-overlay2');
  const docker = await bed.dockerCli();
  const { stdout: version } = await run(docker, ['buildx', 'version'], { env: engine.env });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dockerignore-'));
  const context = path.join(folder, 'context');
  fs.writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\nCOPY . /\n');
  plant(context, TREE);
  const answers: { ignore: string; answer: Answer }[] = [];
  for (const ignore of IGNORE_FILES) {
    fs.writeFileSync(path.join(context, '.dockerignore'), ignore);
    answers.push({ ignore, answer: await ask(docker, engine.env, folder) });
  }
  fs.rmSync(folder, { recursive: true });
  const recording = { program: `docker buildx build, ${version.trim().split(' ')[1]}, engine 28.5`, answers };
  fs.writeFileSync(
    path.join(import.meta.dirname, 'recording.json'),
    `${JSON.stringify(recording, null, 1)}\n`,
  );
}

async function ask(docker: string, env: NodeJS.ProcessEnv, folder: string): Promise<Answer> {
  const words = ['buildx', 'build', '-q', '-f', path.join(folder, 'Dockerfile'), '-o', 'type=tar,dest=-'];
  try {
    const answer = run(docker, [...words, path.join(folder, 'context')], { env, encoding: 'buffer' });
    return { sent: await namesIn((await answer).stdout) };
  } catch (error) {
    const lines = (error as { stderr: Buffer }).stderr.toString().trim().split('\n');
    return { error: lines.find((line) => line.startsWith('ERROR: '))?.slice(7) ?? lines.at(-1)! };
  }
}

async function namesIn(archive: Buffer): Promise<string[]> {
  const entries = extract();
  Readable.from([archive]).pipe(entries);
  const names: string[] = [];
  for await (const entry of entries) {
    names.push(entry.header.name);
    await buffer(entry);
  }
  return names.sort();
}

void main();
