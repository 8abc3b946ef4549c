// Asks the docker CLI which engine it would use, for every case: npx tsx test/oracle/addresses/record.ts
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AddressCase, allCases, type RecordedCase, setUp } from './cases.js';

interface Inspected {
  Endpoints: { docker: { Host: string; SkipTLSVerify: boolean } };
  TLSMaterial: { docker?: string[] };
}

const folder = mkdtempSync(join(tmpdir(), 'addresses-'));

function ask(index: number, one: AddressCase): RecordedCase['endpoint'] {
  const env = setUp(join(folder, String(index)), one);
  const docker = (...argv: string[]) => {
    const flags = one.host === undefined ? [] : ['-H', one.host];
    return execFileSync('docker', [...flags, ...argv], { env, encoding: 'utf8', stdio: 'pipe' }).trim();
  };
  try {
    const [context] = JSON.parse(docker('context', 'inspect', docker('context', 'show'))) as [Inspected];
    const { Host, SkipTLSVerify } = context.Endpoints.docker;
    const tls = Host.startsWith('tcp://') && (SkipTLSVerify || (context.TLSMaterial.docker ?? []).length > 0);
    return { url: Host, tls, verify: tls && !SkipTLSVerify };
  } catch {
    return null;
  }
}

const cases = allCases().map((one, index): RecordedCase => ({ ...one, endpoint: ask(index, one) }));
const version = execFileSync('docker', ['--version'], { encoding: 'utf8' }).trim();
writeFileSync(new URL('recorded.json', import.meta.url), `${JSON.stringify({ version, cases }, null, 1)}\n`);
rmSync(folder, { recursive: true });
console.log(`${cases.length} cases, ${version}`);
