import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type Docker from 'dockerode';
import type { Context } from 'mocha';
import { carryOutBuild, planBuild, readRecipe } from '../../../lib/build/index.js';
import {
  type Engine,
  openEngine,
  type OpenOptions,
  resolveEngineAddress,
} from '../../../lib/engine/index.js';
import { describeImage, loadProject } from '../../../lib/project/index.js';
import type { Report } from '../../../lib/report/index.js';
import { TEMPORARY_REPOSITORY } from '../../../lib/transfer/base/temporary-names.js';
import {
  carryOutTransfer,
  planTransfer,
  type TransferOptions,
  type TransferResult,
} from '../../../lib/transfer/index.js';
import { bed, type BedHost, type EngineName, type HostOptions } from '../../bed/index.js';
import { quiet, quietMeans } from '../../means.js';
import { randomBytes, randomWhole } from '../../seed.js';
import { type SshHome, sshHome } from '../engine/ssh-home.js';

export type Builder = 'classic' | 'buildkit';

/** An engine of the test bed, with busybox. */
export interface Near {
  url: string;
  docker: Docker;
  engine: Engine;
}

/** An engine on a host of its own, with busybox; `docker` looks at it past whatever `engine` goes by. */
export interface Far {
  host: BedHost;
  /** What a docker client has in its environment to reach it. */
  env: NodeJS.ProcessEnv;
  docker: Docker;
  engine: Engine;
}

/**
 * Opens engines for the tests of a group. When these have run, all is closed, and near engines have no image any more whose
 * name begins with `name`.
 */
export function openedEngines(name: string) {
  const closing: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const close of closing.reverse()) await close();
  });
  return {
    /** @param own a label of an engine of the group's own, for tests that look at all that an engine has */
    async near(test: Context, engineName: EngineName, own?: string): Promise<Near> {
      const one = await bed.orSkip(test, () => bed.engine(engineName, { own }));
      if (own !== undefined) closing.push(() => one.stop());
      const { url, docker } = one;
      await bed.baseImages(docker, ['busybox:latest']);
      const engine = await open(url);
      closing.push(() => engine.close());
      closing.push(() => removeImages(docker, `${name}*`));
      return { url, docker, engine };
    },
    /** @param as who reaches it and how: root over ssh unless given */
    async far(
      test: Context,
      options: HostOptions,
      { as = overSsh('root'), ...openOptions }: { as?: ClientEnv } & Omit<OpenOptions, 'env'> = {},
    ): Promise<Far> {
      const host = await bed.orSkip(test, () => bed.host(options));
      closing.push(() => host.stop());
      await bed.baseImages(host.docker, ['busybox:latest']);
      const home = await sshHome(host);
      closing.push(() => home.remove());
      const env = as(host, home);
      const engine = await open(env.DOCKER_HOST!, env, openOptions);
      closing.push(() => engine.close());
      return { host, env, docker: host.docker, engine };
    },
  };
}

/** What a docker client has in its environment to reach the engine of a host. */
export type ClientEnv = (host: BedHost, home: SshHome) => NodeJS.ProcessEnv;

/** The environment of one who reaches a host's engine over ssh. */
export function overSsh(user: keyof BedHost['users'], socket = ''): ClientEnv {
  return (host, home) => ({
    ...home.env,
    DOCKER_HOST: `ssh://${host.users[user]}@${host.address}${socket}`,
  });
}

/**
 * Gives the tests of a group a folder of their own in which it is remembered what is in layers.
 *
 * @returns tells the folder
 */
export function ownCache(): () => string {
  const outer = process.env.XDG_CACHE_HOME;
  let folder: string;
  before(async () => {
    folder = process.env.XDG_CACHE_HOME = await mkdtemp(join(tmpdir(), 'transfer-test-'));
  });
  after(async () => {
    if (outer === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = outer;
    await rm(folder, { recursive: true, force: true });
  });
  return () => folder;
}

/** Plans a transfer and carries it out. */
export async function transfer(
  from: Engine,
  to: Engine,
  reference: string,
  { report = quiet.report, ...options }: TransferOptions & { report?: Report } = {},
): Promise<TransferResult> {
  return carryOutTransfer(await planTransfer(from, to, reference, options), { ...quiet, report });
}

/** Compares the files that a container of the image sees with those that were meant. */
export async function expectFiles(
  docker: Docker,
  reference: string,
  files: Readonly<Record<string, Buffer>>,
  folder = '',
): Promise<void> {
  const paths = Object.keys(files).map((file) => `${folder}${file}`);
  expect(await hashesIn(docker, reference, paths)).to.deep.equal(Object.values(files).map(sha256));
}

/** Opens an engine by its address. */
export function open(
  url: string,
  env: NodeJS.ProcessEnv = process.env,
  options: OpenOptions = {},
): Promise<Engine> {
  return openEngine(resolveEngineAddress({ host: url, orNode: true, env }), { env, ...options });
}

/** A name that no other test has. */
export function newName(): string {
  return `transfer-test-${randomUUID().slice(0, 8)}`;
}

/** Builds an image of one layer a file on top of `from`. */
export async function buildImage(
  engine: Engine,
  reference: string,
  from: string,
  files: Record<string, Buffer>,
  builder: Builder = 'classic',
): Promise<void> {
  const copies = Object.keys(files).map((name) => `COPY ${name} /${name}`);
  await build(engine, reference, [`FROM ${from}`, ...copies], files, builder);
}

/** Builds an image of one layer, with all files in /tree, on top of `from`. */
export async function buildTree(
  engine: Engine,
  reference: string,
  from: string,
  files: Record<string, Buffer>,
  builder: Builder = 'classic',
): Promise<void> {
  const tree = Object.entries(files).map(([name, content]) => [`tree/${name}`, content] as const);
  const lines = [`FROM ${from}`, 'COPY tree /tree'];
  await build(engine, reference, lines, Object.fromEntries(tree), builder);
}

/** Builds an image by a Dockerfile of these lines, with some files as its context. */
export async function build(
  engine: Engine,
  reference: string,
  dockerfile: readonly string[],
  files: Record<string, Buffer>,
  builder: Builder,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'transfer-test-'));
  try {
    await mkdir(join(root, 'docker', 'app'), { recursive: true });
    await writeFile(join(root, 'docker', 'app', 'Dockerfile'), [...dockerfile, ''].join('\n'));
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), content);
    }
    const project = loadProject({ root });
    const [repository, tag] = reference.split(':');
    const image = describeImage(project, 'app', { remote: false, repository, tag });
    const facts = { ...(await engine.facts()), buildkit: builder === 'buildkit' };
    const asked = { ...engine, facts: () => Promise.resolve(facts) };
    await carryOutBuild(planBuild({ project, recipe: readRecipe(project, image) }), quietMeans(asked));
  } finally {
    await rm(root, { recursive: true });
  }
}

/** sha256 of files as a container of the image sees them. */
export async function hashesIn(docker: Docker, reference: string, names: string[]): Promise<string[]> {
  const container = await docker.createContainer({
    Image: reference,
    Cmd: ['sha256sum', ...names.map((name) => `/${name}`)],
    HostConfig: { NetworkMode: 'none' },
  });
  try {
    await container.start();
    const log = await text(await container.logs({ stdout: true, stderr: true, follow: true }));
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    if (StatusCode !== 0) throw new Error(`The container ended with ${StatusCode}: ${log}`);
    return [...log.matchAll(/[0-9a-f]{64}/g)].map(([hash]) => hash);
  } finally {
    await container.remove({ force: true });
  }
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Layers of an image, as the engine shows them. */
export async function layersOf(docker: Docker, reference: string): Promise<string[]> {
  return (await docker.getImage(reference).inspect()).RootFS.Layers ?? [];
}

/** Temporary images that this process has left, or one that is dead: others may be at transfers of their own. */
export async function leftovers(docker: Docker): Promise<string[]> {
  const images = await docker.listImages({ filters: { reference: [TEMPORARY_REPOSITORY] } });
  return images
    .map(({ Id, RepoTags }) => `${Id} ${RepoTags?.join()}`)
    .filter((left) => !isOfAnother(/:\w+-\w+-(\d+)-/.exec(left)?.[1]));
}

/** Whether a process is alive, and not this one. */
function isOfAnother(pid: string | undefined): boolean {
  return pid !== undefined && Number(pid) !== process.pid && existsSync(`/proc/${pid}`);
}

/** Whether an engine has saved an image since a time (seconds since 1970). */
export async function savedSince(docker: Docker, since: number, id: string): Promise<boolean> {
  const filters = JSON.stringify({ type: ['image'], event: ['save'] });
  const events = await docker.getEvents({ since, until: Date.now() / 1000 + 1, filters });
  return (await text(events)).includes(id);
}

/** Removes what a test made. */
export async function removeImages(docker: Docker, name: string): Promise<void> {
  for (const image of await docker.listImages({ filters: { reference: [name] } })) {
    for (const tag of image.RepoTags ?? [])
      await docker
        .getImage(tag)
        .remove({ force: true })
        .catch(() => undefined);
  }
}

/** Bytes that do not compress, and bytes that do. */
export const noise = randomBytes;
export const prose = (length: number) => {
  const first = randomWhole(0, 1e6);
  return Buffer.from(
    Array.from({ length: length / 8 }, (_, i) => String(first + i * 79).padStart(8)).join(''),
  );
};

/** What came of all of them; throws what the first that failed did. */
export function fulfilled<Value>(outcomes: readonly PromiseSettledResult<Value>[]): Value[] {
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
