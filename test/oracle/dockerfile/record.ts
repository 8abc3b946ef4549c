/**
 * Asks BuildKit of two engines which images and named contexts it wants for every Dockerfile of cases.ts, and writes
 * recording.json:
 *
 *     npx tsx test/oracle/dockerfile/record.ts [engine…]
 *
 * Each is really built. What it asks for is told by its progress: the metadata that it loads, and the images that it
 * takes. An image that the engine has not is made under that name, and the Dockerfile is built once more.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { filesContext, madeFile } from '../../../lib/build/context/files.js';
import { authService } from '../../../lib/build/session/auth.js';
import { type BuildKitChannel, openChannel } from '../../../lib/build/session/channel.js';
import { fileSyncService } from '../../../lib/build/session/file-sync.js';
import { openSession } from '../../../lib/build/session/open.js';
import { Control, type SolveRequest } from '../../../lib/build/solve/control.js';
import { type Engine, openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { bed, type BedEngine, type EngineName } from '../../bed/index.js';
import { allCases, type Case } from './cases.js';

/** Images by their whole names, and named contexts; or why the Dockerfile is refused. */
export type Answer = { images: string[]; contexts: string[] } | { refused: string };

export interface Answered extends Case {
  /** By engine; none of one that does not know named contexts, where the case has some. */
  answers: Partial<Record<string, Answer>>;
}

const ENGINES: EngineName[] = ['28-containerd', '20-overlay2'];
const RECORDING = join(import.meta.dirname, 'recording.json');
const TINY = 'oracle/tiny:1';

class Recorder {
  private constructor(
    private readonly engine: Engine,
    private readonly docker: BedEngine['docker'],
    private readonly channel: BuildKitChannel,
    private readonly control = new Control(channel, engine),
  ) {}

  static async open({ url, docker }: BedEngine): Promise<Recorder> {
    const engine = await openEngine(resolveEngineAddress({ host: url, env: {} }));
    const recorder = new Recorder(engine, docker, await openChannel(engine));
    await recorder.build({ dockerfile: 'FROM scratch\nCOPY a /\n' }, TINY);
    return recorder;
  }

  async ask(one: Case): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      const { vertices, error } = await this.build(one);
      if (error?.includes('connection to the engine broke')) throw new Error(error);
      const wanted = wantedBy(vertices);
      if (error === undefined || vertices.some(isStep)) return wanted;
      const missing = [...wanted.images, ...wanted.contexts.map((name) => `docker.io/given/${name}:latest`)];
      const made = await Promise.all(missing.map((image) => this.make(image)));
      if (attempt < 9 && made.includes(true)) continue;
      // An image that cannot be made here, such as one by its digest, was asked for all the same.
      return wanted.images.length > 0 && /do request|resolve|pull|not found/.test(error)
        ? wanted
        : { refused: error };
    }
  }

  async close(): Promise<void> {
    this.channel.close();
    await this.engine.close();
  }

  /** @returns whether it is there only now */
  private async make(name: string): Promise<boolean> {
    if (name.includes('@')) return false;
    const image = this.docker.getImage(name);
    if (await image.inspect().catch(() => undefined)) return false;
    const colon = name.lastIndexOf(':');
    await this.docker.getImage(TINY).tag({ repo: name.slice(0, colon), tag: name.slice(colon + 1) });
    return true;
  }

  /** Builds until the steps begin: by then everything has been asked for. */
  private async build(one: Case, name?: string): Promise<{ vertices: string[]; error?: string }> {
    const files = [madeFile('Dockerfile', Buffer.from(one.dockerfile)), madeFile('a', Buffer.from('a'))];
    const source = filesContext(files, randomUUID());
    const folders = new Map([
      ['dockerfile', { source }],
      ['context', { source }],
    ]);
    const services = [
      fileSyncService(folders, () => undefined),
      authService(() => Promise.resolve(undefined)),
    ];
    const session = await openSession(this.channel, services, source.key);
    const request = requestFor(one, session.id, name);
    const enough = new AbortController();
    const vertices = new Set<string>();
    const told = (async () => {
      for await (const { vertexes } of this.control.status(request.ref)) {
        for (const vertex of vertexes) vertices.add(vertex.name);
        if (!name && vertexes.some((vertex) => vertex.started && isStep(vertex.name))) enough.abort();
      }
    })().catch(() => undefined);
    let error: string | undefined;
    try {
      await this.control.solve(request, enough.signal);
    } catch (failure) {
      error = (failure as Error).message;
    }
    await Promise.race([told, setTimeout(5000)]);
    session.close();
    return { vertices: [...vertices], error };
  }
}

function requestFor(one: Case, session: string, name: string | undefined): SolveRequest {
  const { buildArgs = {}, target, platform, contexts = [] } = one;
  const prefixed = (prefix: string, values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
  const given = Object.fromEntries(contexts.map((context) => [context, `docker-image://given/${context}`]));
  return {
    ref: randomUUID(),
    session,
    frontend: 'dockerfile.v0',
    frontendAttrs: {
      'image-resolve-mode': 'local',
      ...(target && { target }),
      ...(platform && { platform }),
      ...prefixed('build-arg:', buildArgs),
      ...prefixed('context:', given),
    },
    exporter: name ? 'moby' : '',
    exporterAttrs: name ? { name } : {},
    cache: { exports: [] },
    entitlements: [],
  };
}

function isStep(vertex: string): boolean {
  return !/^\[[^\]]*internal\]|^\[context /.test(vertex);
}

function wantedBy(vertices: readonly string[]): { images: string[]; contexts: string[] } {
  const images = new Set<string>();
  const contexts = new Set<string>();
  for (const name of vertices) {
    const [, context] = /^\[context ([^\]]+)\]/.exec(name) ?? [];
    const [, image] =
      /^\[[^\]]*internal\] load metadata for (\S+)$/.exec(name) ??
      /^(?:\[[^\]]*\] )?FROM (\S+)$/.exec(name) ??
      [];
    if (context !== undefined) contexts.add(context);
    else if (image !== undefined && image !== 'scratch' && !image.startsWith('docker.io/given/'))
      images.add(tagged(image.replace(/(:[^/@]+)@.*$/, '$1')));
  }
  return { images: [...images].sort(), contexts: [...contexts].sort() };
}

/** Engine 20.10 tells names as they were written. */
function tagged(image: string): string {
  return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}

async function main(): Promise<void> {
  const chosen = process.argv.length > 2 ? (process.argv.slice(2) as EngineName[]) : ENGINES;
  const key = ({ dockerfile, buildArgs, target, platform, contexts }: Case) =>
    JSON.stringify([dockerfile, buildArgs, target, platform, contexts]);
  const known = new Map(recorded().map((one) => [key(one), one.answers]));
  const answered = allCases().map((one): Answered => ({ ...one, answers: known.get(key(one)) ?? {} }));
  await Promise.all(
    chosen.map(async (name) => {
      let recorder = await Recorder.open(await bed.engine(name));
      for (const one of answered) {
        if (one.answers[name] || (one.contexts && name.startsWith('20'))) continue;
        try {
          one.answers[name] = await recorder.ask(one);
        } catch {
          // Of some Dockerfiles engine 20.10 dies.
          one.answers[name] = { refused: 'the engine dies of it' };
          await recorder.close();
          recorder = await Recorder.open(await bed.engine(name));
        }
        save(answered);
      }
      await recorder.close();
    }),
  );
  save(answered);
  console.log(`${answered.length} Dockerfiles`);
}

function save(answered: readonly Answered[]): void {
  writeFileSync(RECORDING, `[\n${answered.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`);
}

/** What is in the recording already; that is not asked again. */
function recorded(): Answered[] {
  try {
    return JSON.parse(readFileSync(RECORDING, 'utf8')) as Answered[];
  } catch {
    return [];
  }
}

if (process.argv[1] === import.meta.filename) await main();
