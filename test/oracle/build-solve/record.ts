/**
 * Has `docker buildx build` of the test bed build for every line in cases.ts on engine 28 with containerd's store, notes
 * what it asks of BuildKit, and writes recording.json:
 *
 *     npx tsx test/oracle/build-solve/record.ts
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { bed } from '../../bed/index.js';
import { allCases } from './cases.js';
import { GrpcTap, type Asked } from './grpc-tap.js';

/** What buildx made of one line: what it asked of BuildKit, or its refusal. */
export interface SolveAnswer {
  words: string[];
  request?: SolveParts;
  says?: string;
}

export interface SolveParts {
  frontendAttrs: Record<string, string>;
  exporterAttrs: Record<string, string>;
  cacheExports: { type?: string; attrs?: Record<string, string> }[];
  entitlements: string[];
}

export interface SolveRecording {
  buildx: string;
  answers: SolveAnswer[];
}

const CONTEXT = join(import.meta.dirname, '../build-flags/context');

const { root } = protobuf.parse(`
  syntax = "proto3";
  message SolveRequest {
    string Exporter = 3; map<string, string> ExporterAttrs = 4; string Frontend = 6;
    map<string, string> FrontendAttrs = 7; CacheOptions Cache = 8; repeated string Entitlements = 9;
  }
  message CacheOptions { repeated Entry Exports = 4; }
  message Entry { string Type = 1; map<string, string> Attrs = 2; }
  message GatewayRequest { string Frontend = 2; map<string, string> FrontendOpt = 3; }`);

function decode<T>(type: string, { message }: Asked): T {
  const found = root.lookupType(type);
  return found.toObject(found.decode(message), { defaults: true }) as T;
}

async function record(): Promise<void> {
  const docker = await bed.dockerCli();
  const engine = await bed.engine('28-containerd', { own: 'tapped' });
  const temporary = mkdtempSync(join(tmpdir(), 'build-solve-'));
  const socket = join(temporary, 'docker.sock');
  // Caches are kept in it.
  const cwd = join(temporary, 'context');
  cpSync(CONTEXT, cwd, { recursive: true });
  const tap = new GrpcTap(engine.socket);
  await tap.listen(socket);
  const env = {
    ...process.env,
    DOCKER_CONFIG: temporary,
    DOCKER_HOST: `unix://${socket}`,
    FROM_HERE: 'from here',
    // What buildx adds by itself.
    BUILDX_GIT_INFO: 'false',
    BUILDX_NO_DEFAULT_ATTESTATIONS: 'true',
  };
  const run = (...words: string[]) =>
    new Promise<string>((resolve) => {
      const options = { cwd, env, timeout: 60_000 };
      execFile(docker, ['buildx', ...words], options, (_, stdout, stderr) => resolve(stdout + stderr));
    });
  const answers: string[] = [];
  for (const words of allCases()) {
    const said = await run('build', ...words, '.');
    const request = partsOf(await tap.take());
    const says = said.split('\n').find((line) => line.startsWith('ERROR: ')) ?? said.split('\n')[0]!;
    answers.push(JSON.stringify(request ? { words, request } : { words, says }));
  }
  const buildx = (await run('version')).split(' ')[1]!;
  const text = `{"buildx":${JSON.stringify(buildx)},\n"answers":[\n${answers.join(',\n')}\n]}\n`;
  writeFileSync(join(import.meta.dirname, 'recording.json'), text);
  console.log(`docker buildx ${buildx}: ${answers.length} lines`);
  tap.close();
  await engine.stop();
  rmSync(temporary, { recursive: true, force: true });
}

/** The client first asks what BuildKit can do; then for a build whose frontend it drives itself, through the gateway. */
function partsOf(asked: readonly Asked[]): SolveParts | undefined {
  const solve = asked.findLast(({ method }) => method === '/moby.buildkit.v1.Control/Solve');
  const driven = asked.find(({ method }) => method === '/moby.buildkit.v1.frontend.LLBBridge/Solve');
  if (!solve || !driven) return undefined;
  const { ExporterAttrs, Cache, Entitlements } = decode<{
    ExporterAttrs: Record<string, string>;
    Cache?: { Exports?: { Type: string; Attrs: Record<string, string> }[] };
    Entitlements: string[];
  }>('SolveRequest', solve);
  const { FrontendOpt } = decode<{ FrontendOpt: Record<string, string> }>('GatewayRequest', driven);
  return {
    frontendAttrs: FrontendOpt,
    exporterAttrs: ExporterAttrs,
    cacheExports: (Cache?.Exports ?? []).map(({ Type, Attrs }) => ({ type: Type, attrs: Attrs })),
    entitlements: Entitlements,
  };
}

if (process.argv[1] === import.meta.filename) await record();
