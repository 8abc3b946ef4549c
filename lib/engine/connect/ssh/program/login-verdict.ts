import { readFile } from 'node:fs/promises';
import { judgeLogin, type LoginVerdict } from '../ssh-log.js';

/** Why a login failed: by ssh's log of it, or by what ssh printed where there is none. */
export async function loginVerdict(log: string, said: string): Promise<LoginVerdict> {
  return judgeLogin((await readFile(log, 'utf8').catch(() => '')) || said);
}
