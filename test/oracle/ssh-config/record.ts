// Asks ssh what it reads from a configuration, for every case: npx tsx test/oracle/ssh-config/record.ts
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allCases, KEYS, type RecordedCase, type SshConfigCase } from './cases.js';

const folder = mkdtempSync(join(tmpdir(), 'ssh-config-'));
const file = join(folder, 'config');

function ask({ config, host }: SshConfigCase): RecordedCase['values'] {
  writeFileSync(file, config);
  const { stdout, status, stderr } = spawnSync('ssh', ['-G', '-F', file, '--', host], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const values: RecordedCase['values'] = {};
  for (const line of stdout.split('\n')) {
    const [, key = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (KEYS.includes(key)) (values[key] ??= []).push(value);
  }
  return values;
}

const cases = allCases().map((one): RecordedCase => ({ ...one, values: ask(one) }));
const version = spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr.trim();
writeFileSync(new URL('recorded.json', import.meta.url), `${JSON.stringify({ version, cases }, null, 1)}\n`);
rmSync(folder, { recursive: true });
console.log(`${cases.length} cases, ${version}`);
