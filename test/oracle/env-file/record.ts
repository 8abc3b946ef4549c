/**
 * Asks docker compose (`docker-compose` on PATH) how it reads `.env` files, and writes what it answers beside this file.
 *
 *     npx tsx test/oracle/env-file/record.ts
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CASES, HERE, NAMES } from './cases.js';

/** `UNSET` stands for what has no value. */
const COMPOSE = `services:
  s:
    image: s
    environment:
${NAMES.map((name) => `      ${name}: "\${${name}-UNSET}"\n`).join('')}`;

const folder = mkdtempSync(join(tmpdir(), 'env-file-'));
const env = { PATH: process.env.PATH, HOME: '/nonexistent', ...HERE };
writeFileSync(join(folder, 'compose.yaml'), COMPOSE);
const answers = CASES.map((text) => {
  writeFileSync(join(folder, '.env'), text);
  const asked = spawnSync('docker-compose', ['config', '--format', 'json'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  if (asked.status !== 0)
    return { text, refused: asked.stderr.trim().replaceAll(folder, '…').split('\n').at(-1) };
  const { services } = JSON.parse(asked.stdout) as {
    services: { s: { environment: Record<string, string> } };
  };
  const values = Object.entries(services.s.environment)
    .filter(([, value]) => value !== 'UNSET')
    .map(([name, value]) => [name, value.replaceAll('$$', '$')]);
  return { text, values: Object.fromEntries(values) as Record<string, string> };
});
rmSync(folder, { recursive: true });
const version = execFileSync('docker-compose', ['version', '--short'], { encoding: 'utf8' }).trim();
const lines = answers.map((answer) => JSON.stringify(answer)).join(',\n');
writeFileSync(
  new URL('recorded.json', import.meta.url),
  `{"version":"${version}","answers":[\n${lines}\n]}\n`,
);
console.log(`${answers.length} answers of docker compose ${version}`);
