/**
 * Has `docker buildx build` of the test bed build for every line in cases.ts on engine 28 with containerd's store, notes
 * what it asks of BuildKit, and writes recording.json:
 *
 *     npx tsx test/oracle/build-solve/record.ts
 *
 * With `--new` it asks for the lines that have no answer yet, and keeps the others.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { bed } from '../../bed/index.js';
import { allCases, type Case } from './cases.js';
import { type Asked, GrpcTap } from './grpc-tap.js';

/** What buildx made of one line: what it asked of BuildKit, or its refusal. */
export interface SolveAnswer extends Case {
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
  const run = (words: readonly string[], more: Case['env'] = {}) =>
    new Promise<string>((resolve) => {
      const given = Object.entries({ ...env, ...more }).filter(([, value]) => value !== null);
      const options = { cwd, env: Object.fromEntries(given) as NodeJS.ProcessEnv, timeout: 180_000 };
      execFile(docker, ['buildx', ...words], options, (_, stdout, stderr) => resolve(stdout + stderr));
    });
  const known = process.argv.includes('--new') ? answersSoFar() : new Map<string, string>();
  const answers: string[] = [];
  for (const line of allCases()) {
    const before = known.get(keyOf(line));
    if (before !== undefined) {
      answers.push(before);
      continue;
    }
    const said = await run(['build', ...line.words, '.'], line.env);
    const request = partsOf(await tap.take());
    const says = said.split('\n').find((text) => text.startsWith('ERROR: ')) ?? said.split('\n')[0]!;
    answers.push(JSON.stringify(request ? { ...line, request } : { ...line, says }));
  }
  const buildx = (await run(['version'])).split(' ')[1]!;
  const text = `{"buildx":${JSON.stringify(buildx)},\n"answers":[\n${answers.join(',\n')}\n]}\n`;
  writeFileSync(RECORDING, text);
  console.log(`docker buildx ${buildx}: ${answers.length} lines`);
  tap.close();
  await engine.stop();
  rmSync(temporary, { recursive: true, force: true });
}

const RECORDING = join(import.meta.dirname, 'recording.json');

function answersSoFar(): Map<string, string> {
  const { answers } = JSON.parse(readFileSync(RECORDING, 'utf8')) as SolveRecording;
  return new Map(answers.map((answer) => [keyOf(answer), JSON.stringify(answer)]));
}

const keyOf = ({ words, env = {} }: Case) => JSON.stringify([words, env]);

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
