import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import {
  type Engine,
  lookUpCredentials,
  openEngine,
  resolveEngineAddress,
} from '../../../lib/engine/index.js';
import type { Image } from '../../../lib/project/types.js';
import {
  carryOutPublish,
  planPublish,
  type Published,
  type PublishMeans,
} from '../../../lib/publish/index.js';
import type { ItemState, Report } from '../../../lib/report/types.js';
import { bed, type BedEngine, type Credentials } from '../../bed/index.js';
import { image } from '../../image.js';
import { quietMeans } from '../../means.js';
import { randomBytes } from '../../seed.js';

/** An engine, and the images that a test publishes from it. */
export class Workbench {
  readonly #names: string[] = [];

  private constructor(
    readonly bed: BedEngine,
    readonly engine: Engine,
  ) {}

  static async open(engine: BedEngine): Promise<Workbench> {
    await bed.baseImages(engine.docker, ['busybox:latest']);
    return new Workbench(engine, await openEngine(resolveEngineAddress({ host: engine.url, env: {} })));
  }

  /** A name for an image that nobody else has; it is removed in the end. */
  newName(): string {
    const name = `publish-test-${randomUUID().slice(0, 8)}`;
    this.#names.push(name);
    return name;
  }

  /** Builds an image nobody has seen before: busybox's layer, and one a size given (bytes). */
  async image(sizes: readonly number[] = [3_000_000, 1_000_000]): Promise<string> {
    const name = this.newName();
    const context = pack();
    const lines = sizes.map((_, index) => `COPY ${index} /${index}`);
    context.entry({ name: 'Dockerfile' }, ['FROM busybox:latest', ...lines, ''].join('\n'));
    for (const [index, size] of sizes.entries()) context.entry({ name: String(index) }, randomBytes(size));
    context.finalize();
    const log = await text(await this.bed.docker.buildImage(Readable.from(context), { t: `${name}:made` }));
    if (log.includes('errorDetail')) throw new Error(log);
    return name;
  }

  /** Publishes an image that {@link image} made, or its like, to `to`. */
  async publish(name: string, to: string, means: Partial<PublishMeans> = {}): Promise<Publication> {
    const report = new RecordingReport();
    const plan = planPublish({ image: imageNamed(name), to, tags: [], env: {} });
    this.#names.push(...plan.destinations.map(({ repository }) => repository));
    try {
      const published = await carryOutPublish(plan, {
        ...quietMeans(this.engine, { report }),
        backoff: [200, 400, 800, 1600],
        ...means,
      });
      return { published, report };
    } catch (error) {
      return { published: [], report, error: error as Error };
    }
  }

  async remove(...repositories: string[]): Promise<void> {
    for (const repository of repositories) await removeImages(this.bed.docker, repository);
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.remove(...this.#names);
  }
}

export interface Publication {
  published: Published[];
  report: RecordingReport;
  error?: Error & { code?: string };
}

export async function removeImages(docker: Docker, repository: string): Promise<void> {
  for (const { RepoTags } of await docker.listImages({ filters: { reference: [repository] } })) {
    for (const tag of RepoTags ?? []) await docker.getImage(tag).remove({ force: true });
  }
}

export function imageNamed(name: string): Image {
  return image(name, `${name}:made`, { synthetic: false });
}

/** A docker configuration in a folder of its own: for DOCKER_CONFIG, and to look credentials up in. */
export async function dockerConfig(auths: Record<string, Credentials>) {
  const folder = await mkdtemp(join(tmpdir(), 'publish-config-'));
  const encoded = Object.entries(auths).map(([host, { username, password }]) => [
    host,
    { auth: Buffer.from(`${username}:${password}`).toString('base64') },
  ]);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({ auths: Object.fromEntries(encoded) as object }),
  );
  const env = { DOCKER_CONFIG: folder };
  return {
    folder,
    credentials: (registry: string) => lookUpCredentials(registry, { env }),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** What the registry itself says a reference points to, asked over HTTP. */
export async function digestAt(address: string, path: string, tag: string): Promise<string | null> {
  const accept = [
    'docker.distribution.manifest.v2',
    'docker.distribution.manifest.list.v2',
    'oci.image.manifest.v1',
    'oci.image.index.v1',
  ]
    .map((type) => `application/vnd.${type}+json`)
    .join(', ');
  const answer = await fetch(`http://${address}/v2/${path}/manifests/${tag}`, {
    method: 'HEAD',
    headers: { accept },
  });
  return answer.headers.get('docker-content-digest');
}

/** Remembers what a user would see. */
export class RecordingReport implements Report {
  readonly commands: string[] = [];
  readonly lines: string[] = [];
  readonly items: ItemState[] = [];
  readonly summaries: string[] = [];

  command(line: string) {
    this.commands.push(line);
  }
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
      done: (summary: string) => void this.summaries.push(summary),
      failed: () => undefined,
    };
  }
  suspend() {
    return () => undefined;
  }

  /** The last word on each layer. */
  notes(): (string | undefined)[] {
    return [...new Map(this.items.map(({ label, note }) => [label, note])).values()];
  }
}
