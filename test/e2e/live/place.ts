import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { bed, type BedHost, type EngineName } from '../../bed/index.js';
import { until } from '../../until.js';
import { sshHome } from '../engine/ssh-home.js';
import { gulpProgram } from '../tasks/gulp.js';

/** Where a live container runs: an engine of this machine, or one on a host that is reached over ssh. */
export interface Place {
  docker: Docker;
  env: NodeJS.ProcessEnv;
  /** What `live` is to be told there. */
  flags: readonly string[];
  /** The link to it, and the engine at its other end, where there is one. */
  link?: Pick<BedHost, 'cut' | 'mend' | 'restartEngine'>;
  close(): Promise<void>;
}

export type PlaceKind = 'local' | 'mounted' | 'ssh' | 'rootless';

/** @param kind `local` is synced all the same, `mounted` is not; `rootless` is that of a user without rights, over ssh */
export async function openPlace(kind: PlaceKind, name: EngineName): Promise<Place> {
  if (kind === 'local' || kind === 'mounted') {
    const engine = await bed.engine(name);
    await bed.baseImages(engine.docker, ['busybox:latest']);
    const flags = kind === 'local' ? ['--sync'] : [];
    return { docker: engine.docker, env: engine.env, flags, close: () => Promise.resolve() };
  }
  const rootless = kind === 'rootless';
  const host = await bed.host({ engine: name, rootless });
  const home = await sshHome(host);
  await bed.baseImages(host.docker, ['busybox:latest']);
  return {
    docker: host.docker,
    env: {
      ...home.env,
      DOCKER_HOST: `ssh://${host.users[rootless ? 'none' : 'root']}@${host.address}:${host.port}`,
    },
    flags: [],
    link: host,
    async close() {
      await home.remove();
      await host.stop();
    },
  };
}

/** A `gulp live:…` that runs. */
export class Live {
  stderr = '';
  stdout = '';
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(
    readonly place: Place,
    readonly folder: string,
    task: string,
    flags = place.flags,
  ) {
    const env = { ...place.env, LANG: 'C.UTF-8', LOGNAME: USER };
    this.#child = spawn(process.execPath, [gulpProgram, task, ...flags], { cwd: folder, env });
    this.#child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.#child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  /** Waits until the container is started. */
  async started(): Promise<void> {
    const runs = await until('the container to run', async () => {
      if (this.#child.exitCode !== null) return 'ended';
      return (await this.running()).length > 0;
    });
    if (runs === 'ended') throw new Error(`It has ended: ${this.stderr}${this.stdout}`);
  }

  /** Waits until it has said that. */
  async told(words: string): Promise<void> {
    const told = await until(`"${words}"`, () =>
      Promise.resolve(this.stderr.includes(words) || (this.#child.exitCode !== null && 'ended')),
    );
    if (told === 'ended') throw new Error(`It has ended: ${this.stderr}${this.stdout}`);
  }

  /** Runs a shell's words in the container. @returns what they print */
  async inside(script: string): Promise<string> {
    const [found] = await this.running();
    const container = this.place.docker.getContainer(found!.Id);
    const command = await container.exec({
      Cmd: ['sh', '-c', script],
      User: '0',
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
    });
    return (await text(await command.start({ Tty: true }))).replaceAll('\r\n', '\n');
  }

  /** Waits until those words print that. */
  async seen(script: string, expected: string): Promise<void> {
    let last = '';
    await until(`${script} to print ${expected}`, async () => {
      last = await this.inside(script);
      return last === expected;
    }).catch((error: Error) => {
      throw new Error(`${error.message} It printed ${last}. ${this.stderr}`);
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async ended(): Promise<number | NodeJS.Signals> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    return this.#child.signalCode ?? this.#child.exitCode ?? 0;
  }

  /** Those of this process that run. */
  async running(): Promise<Docker.ContainerInfo[]> {
    return (await this.containers('running')).filter(({ Names }) =>
      Names.some((name) => name.includes(USER)),
    );
  }

  /** Containers of live sessions. */
  containers(...status: string[]): Promise<Docker.ContainerInfo[]> {
    const filters = { label: [LABEL], ...(status.length > 0 && { status }) };
    return this.place.docker.listContainers({ all: true, filters });
  }

  /** All that its session has on the engine: another file's may be there too. */
  async left(): Promise<string[]> {
    const { Volumes } = await this.place.docker.listVolumes({ filters: { label: [LABEL] } });
    const own = ({ Labels }: { Labels: Record<string, string> | null }) =>
      Labels?.[LABEL]?.includes(`-${this.#child.pid}-`);
    return [
      ...(await this.containers()).filter(own).flatMap(({ Names }) => Names),
      ...Volumes.filter(own).map(({ Name }) => Name),
    ];
  }
}

const LABEL = 'gulp-dockerutils.live';
/** Of this process, so that the containers of others are not taken for its own. */
const USER = `live${process.pid}`;
