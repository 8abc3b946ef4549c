import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYNC_BINARIES } from '../../../../lib/live/helper/binaries.js';
import { type Answer, AnswerReader } from '../../../../lib/live/sidecar/answers.js';
import { ASK } from '../../../../lib/live/sidecar/operations.js';

/** The program that keeps folders current, on this machine. */
export interface SyncProcess extends AsyncDisposable {
  /** Its roots. */
  roots: readonly string[];
  child: ChildProcessWithoutNullStreams;
  /** Has operations carried out. @returns what it answered, without that it is done */
  run(...operations: Buffer[]): Promise<Answer[]>;
}

/** @param through a program that runs others' programs, such as an emulator */
export async function syncProcess(
  architecture = process.arch === 'x64' ? 'amd64' : process.arch,
  through: readonly string[] = [],
): Promise<SyncProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'sync-test-'));
  const roots = [await mkdtemp(join(tmpdir(), 'sync-root-')), await mkdtemp(join(tmpdir(), 'sync-root-'))];
  const program = join(folder, 'sync');
  await writeFile(program, Buffer.from(SYNC_BINARIES[architecture] ?? '', 'base64'), { mode: 0o755 });
  const [command = '', ...words] = [...through, program, ...roots];
  const child = spawn(command, words);
  const reader = new AnswerReader();
  const answers: Answer[] = [];
  let wake: () => void = () => undefined;
  child.stdout.on('data', (bytes: Buffer) => {
    answers.push(...reader.push(bytes));
    wake();
  });
  return {
    roots,
    child,
    async run(...operations) {
      child.stdin.write(Buffer.concat([...operations, ASK]));
      while (answers.at(-1)?.kind !== 'done') await new Promise<void>((resolve) => (wake = resolve));
      return answers.splice(0).slice(0, -1);
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      for (const each of [folder, ...roots]) await rm(each, { recursive: true });
    },
  };
}
