import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from './folders.js';

/**
 * Does `action` while no other process does one under the same name. flock(1) holds the lock as long as its
 * standard input is open, so the kernel lets go of it when this process dies.
 */
export async function withLock<T>(name: string, action: () => Promise<T>): Promise<T> {
  await mkdir(folders.locks, { recursive: true });
  const holder = spawn('flock', [join(folders.locks, name), 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(holder, 'close');
  const held = await Promise.race([once(holder.stdout, 'data').then(() => true), closed.then(() => false)]);
  if (!held) throw new Error(`The test bed cannot lock ${name} in ${folders.locks}.`);
  try {
    return await action();
  } finally {
    holder.stdin.end();
    await closed;
  }
}
