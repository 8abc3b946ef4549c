import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../lib/report/types.js';
import { type TaskLine, TaskLines, type TrySink } from '../../lib/swarm/index.js';
import { codeOf } from '../../lib/text/thrown.js';
import { UserError } from '../../lib/text/user-error.js';
import type { Printer } from '../print.js';

export interface JobOutput {
  printer: Pick<Printer, 'palette'>;
  report: Pick<Report, 'suspend'>;
  /** Of which index has the most digits. */
  completions: number;
  /** Gets a file for each index, whole; there is none without it. */
  folder?: string;
}

/**
 * Opens what a try of an index writes to: our own streams, each line behind the index, and the file of the index, which
 * has all tries of it.
 *
 * @throws {UserError} `CANNOT_WRITE`
 */
export async function openTry(
  { printer: { palette }, report, completions, folder }: JobOutput,
  index: number,
  tryNumber: number,
): Promise<TrySink> {
  const file = folder === undefined ? undefined : await openLog(folder, index, tryNumber);
  const lines = new TaskLines();
  const front = `${String(index).padStart(String(completions - 1).length)} ${palette.signs.separator} `;
  const show = (ended: readonly TaskLine[]) => {
    if (ended.length === 0) return;
    const resume = report.suspend();
    for (const { stream, text } of ended) process[stream].write(`${front}${palette.foreign(text)}\n`);
    resume();
  };
  return {
    async take(piece) {
      show(lines.take(piece));
      await file?.write(piece.bytes);
    },
    async end() {
      show(lines.end());
      await file?.close();
    },
  };
}

interface Log {
  write: (bytes: Buffer) => Promise<void>;
  close: () => Promise<void>;
}

async function openLog(folder: string, index: number, tryNumber: number): Promise<Log> {
  const path = join(folder, `${index}.log`);
  const orRefuse = <T>(done: Promise<T>) =>
    done.catch((cause: unknown): never => {
      throw cannotWrite(path, cause);
    });
  const file = await orRefuse(open(path, tryNumber === 1 ? 'w' : 'a'));
  return {
    write: (bytes) => orRefuse(file.writeFile(bytes)),
    close: () => orRefuse(file.close()),
  };
}

/** @throws {UserError} `CANNOT_WRITE` */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

function cannotWrite(path: string, cause: unknown): UserError {
  return new UserError(
    'CANNOT_WRITE',
    `${path} cannot be written (${codeOf(cause)}): --logs takes a folder that can.`,
    {
      cause,
    },
  );
}
