// Asks the docker CLI which credentials it sends, for every case: npx tsx test/oracle/credentials/record.ts
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  allCases,
  type BrokenCase,
  brokenCases,
  type CredentialCase,
  type RecordedCase,
  setUp,
} from './cases.js';

const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
const socket = join(folder, 'engine.sock');
let headers: IncomingHttpHeaders = {};

/** Just enough of an engine for the CLI to send it a push and a pull. */
const engine = createServer((request, response) => {
  request.resume().on('end', () => {
    const path = request.url!.replace(/^\/v[\d.]+/, '');
    response.setHeader('Api-Version', '1.41').setHeader('Ostype', 'linux');
    if (/^\/(images\/.*push|images\/create)/.test(path)) headers = request.headers;
    response.end(path === '/_ping' ? 'OK' : '{}');
  });
});

function docker(argv: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    headers = {};
    execFile(
      'docker',
      ['-H', `unix://${socket}`, ...argv],
      { env, timeout: 20_000 },
      (_error, _stdout, stderr) => resolve(stderr),
    );
  });
}

function decode(header: string | string[] | undefined): unknown {
  return typeof header === 'string' ? JSON.parse(Buffer.from(header, 'base64url').toString()) : null;
}

async function recordBroken(one: CredentialCase): Promise<BrokenCase> {
  const place = join(folder, one.name);
  const env = setUp(place, one);
  const pushes = new Set<string>();
  let warning = '';
  for (let round = 0; round < 12; round++) {
    warning = await docker(['push', one.reference], env);
    pushes.add(JSON.stringify(decode(headers['x-registry-auth'])));
  }
  return {
    ...one,
    pushes: [...pushes].sort().map((text) => JSON.parse(text) as unknown),
    warning: warning.replaceAll(place, '').trim(),
  };
}

async function record(): Promise<void> {
  const cases: RecordedCase[] = [];
  for (const [index, one] of allCases().entries()) {
    const env = setUp(join(folder, String(index)), one);
    await docker(['push', one.reference], env);
    const push = decode(headers['x-registry-auth']);
    await docker(['pull', one.reference], env);
    const pull = decode(headers['x-registry-auth']);
    cases.push({ ...one, push, pull });
  }
  const broken: BrokenCase[] = [];
  for (const one of brokenCases()) broken.push(await recordBroken(one));
  const version = execFileSync('docker', ['--version'], { encoding: 'utf8' }).trim();
  writeFileSync(
    new URL('recorded.json', import.meta.url),
    `${JSON.stringify({ version, cases, broken }, null, 1)}\n`,
  );
  console.log(`${cases.length + broken.length} cases, ${version}`);
}

engine.listen(socket, () => {
  void record().finally(() => {
    engine.close();
    engine.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
});
