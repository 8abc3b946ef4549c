import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Docker from 'dockerode';
import { extract, type Header } from 'tar-stream';
import {
  type BuildRequest,
  carryOutBuild,
  planBuild,
  readRecipe,
  type RecipeOptions,
} from '../../../lib/build/index.js';
import { type Engine, type Means, openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { describeImage, loadProject } from '../../../lib/project/index.js';
import type { ItemState, Report } from '../../../lib/report/types.js';
import { bed, type BedEngine, type EngineName } from '../../bed/index.js';
import { engines } from '../../circle.js';
import { quietMeans } from '../../means.js';

export type Files = Record<string, string | Buffer>;

type PlanRequest = Partial<BuildRequest> & RecipeOptions;

/** A project of its own on one engine. What it builds is removed with it. */
export class Workshop {
  readonly told = new RecordingReport();
  readonly tag = `t${process.pid}`;

  private constructor(
    readonly engine: Engine,
    /** The same engine, to look at it past what is tested. */
    readonly docker: Docker,
    readonly root: string,
  ) {}

  /**
   * @param socket of a running engine
   * @param root of a project; a new one unless given
   */
  static async open(
    socket: string,
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'build-')),
  ): Promise<Workshop> {
    const address = resolveEngineAddress({ host: `unix://${socket}`, env: {} });
    return new Workshop(await openEngine(address), new Docker({ socketPath: socket }), root);
  }

  write(files: Files): void {
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(this.path(name)), { recursive: true });
      fs.writeFileSync(this.path(name), content);
    }
  }

  path(name: string): string {
    return path.join(this.root, name);
  }

  image(name: string) {
    return describeImage(loadProject({ root: this.root }), name, { remote: false, tag: this.tag });
  }

  plan(image: string, { env, proxies, ...request }: PlanRequest = {}) {
    const project = loadProject({ root: this.root });
    return planBuild({
      project,
      recipe: readRecipe(project, this.image(image), { env, proxies }),
      ...request,
    });
  }

  means(means: Partial<Means> = {}): Means {
    return quietMeans(this.engine, { report: this.told, ...means });
  }

  build(image: string, request: PlanRequest = {}, means: Partial<Means> = {}) {
    return carryOutBuild(this.plan(image, request), this.means(means));
  }

  /** The same engine, as if it had no BuildKit. */
  classic(): Engine {
    const { engine } = this;
    return { ...engine, facts: async () => ({ ...(await engine.facts()), buildkit: false }) };
  }

  /** What is in an image, by path. */
  async content(
    reference: string,
    folder = '/',
    platform?: string,
  ): Promise<Map<string, Header & { content: Buffer }>> {
    const container = await this.docker.createContainer({ Image: reference, Cmd: ['none'], platform });
    const entries = new Map<string, Header & { content: Buffer }>();
    try {
      const archive = extract();
      ((await container.getArchive({ path: folder })) as Readable).pipe(archive);
      for await (const entry of archive) {
        entries.set(entry.header.name.replace(/^\//, ''), {
          ...entry.header,
          mode: entry.header.mode & 0o7777,
          content: await buffer(entry),
        });
      }
    } finally {
      await container.remove({ force: true });
    }
    return entries;
  }

  async close(): Promise<void> {
    const images = await this.docker.listImages({ filters: { reference: [`*:${this.tag}`] } });
    for (const { Id, RepoTags } of images) {
      const ours = path
        .basename(this.root)
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-');
      for (const tag of RepoTags ?? []) {
        if (tag.startsWith(ours))
          await this.docker
            .getImage(tag)
            .remove({ force: true })
            .catch(() => Id);
      }
    }
    await this.engine.close();
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

/** Defines the same tests for each of these engines that the circle has. */
export function onEngines(
  names: readonly EngineName[],
  subject: string,
  tests: (workshop: () => Workshop) => void,
) {
  for (const name of engines(names)) onEngine(name, subject, () => bed.engine(name), tests);
}

/** The same on an engine of their own, for tests that leave gigabytes in its cache. */
export function onOwnEngine(name: EngineName, subject: string, tests: (workshop: () => Workshop) => void) {
  let engine: BedEngine | undefined;
  const start = async () => (engine = await bed.engine(name, { own: 'large' }));
  onEngine(name, subject, start, (workshop) => {
    after(() => engine?.stop());
    tests(workshop);
  });
}

function onEngine(
  name: EngineName,
  subject: string,
  start: () => Promise<BedEngine>,
  tests: (workshop: () => Workshop) => void,
) {
  describe(`${subject}, engine ${name}`, function () {
    this.timeout(600_000);
    let engine: BedEngine;
    let workshop: Workshop;

    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, start);
      await bed.baseImages(engine.docker, ['busybox:latest']);
    });
    beforeEach(async () => (workshop = await Workshop.open(engine.socket)));
    afterEach(() => workshop.close());

    tests(() => workshop);
  });
}

/** Remembers what a user would see. */
export class RecordingReport implements Report {
  readonly lines: string[] = [];
  readonly items: ItemState[] = [];

  command() {}
  info(message: string) {
    this.lines.push(message);
  }
  warn(message: string) {
    this.lines.push(message);
  }
  activity() {
    return {
      line: (text: string) => void this.lines.push(text),
      item: (_id: string, state: ItemState) => void this.items.push(state),
      done: (summary: string) => void this.lines.push(summary),
      failed: () => undefined,
    };
  }
  suspend() {
    return () => undefined;
  }
}

/**
 * A socket that leads to an engine's, for a process that has no right to that one.
 * @returns how to end it
 */
export async function openToAll(socket: string, everyones: string): Promise<() => void> {
  const relay = spawn(process.execPath, [
    '-e',
    `const net = require('node:net'), [to, at] = process.argv.slice(1);
     net.createServer((one) => {
       const other = net.connect(to);
       one.on('error', () => other.destroy()).on('close', () => other.destroy());
       other.on('error', () => one.destroy()).on('close', () => one.destroy());
       one.pipe(other).pipe(one);
     }).listen(at, () => { require('node:fs').chmodSync(at, 0o666); console.log('up'); });`,
    socket,
    everyones,
  ]);
  await once(relay.stdout, 'data');
  return () => relay.kill();
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It was expected to fail, and did not.');
}
