import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { bed, type BedEngine, type BedHost, type BedSwarm, type HostOptions } from '../../bed/index.js';
import { compiled } from '../../program.js';
import { type Ended, project, type TemporaryProject } from '../tasks/gulp.js';

/** A project on one machine, and a swarm of three that is reached over ssh: both image stores, the newest and the oldest engine. */
export interface Place {
  swarm: BedSwarm;
  /** Has the images. */
  source: BedEngine;
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Carries out a task of the project to its end. */
  task: (...words: string[]) => Promise<Ended>;
  /** The same of one that is to end well. */
  succeeds: (...words: string[]) => Promise<Ended>;
  start: (...words: string[]) => ChildProcessWithoutNullStreams;
  configure: (...lines: string[]) => Promise<void>;
  /** The tasks of a service that are to run, by node: image and ID. */
  running: (service: string) => Promise<RunningTask[]>;
  /** Has a further node join the swarm, which can be reached as the others can. */
  join: (name: string) => Promise<void>;
  close: () => Promise<void>;
}

export interface RunningTask {
  id: string;
  node: string;
  image: string;
  state: string;
}

/** @param daemons further settings of each node's daemon.json */
export async function openPlace(
  test: Mocha.Context,
  name: string,
  files: Record<string, string>,
  daemons: readonly HostOptions['daemon'][] = [],
): Promise<Place> {
  test.timeout(600_000);
  const source = await bed.orSkip(test, () => bed.engine('28-containerd'));
  await bed.baseImages(source.docker, ['busybox:latest']);
  const swarm = await bed.swarm(['28-containerd', '28-overlay2', '20-overlay2'], daemons);
  const made: TemporaryProject = await project(files, name);
  const home = await swarmHome(swarm);
  const user = `${name}-${process.pid}`;
  const env = { ...source.env, ...home.env, LOGNAME: user };
  const program = compiled('bin/gulp-dockerutils.ts');
  const start = (...words: string[]) =>
    spawn(process.execPath, [program, ...words], { cwd: made.folder, env, stdio: 'pipe' });
  async function task(...words: string[]): Promise<Ended> {
    const child = start(...words);
    child.stdin.end();
    const [stdout, stderr, [status, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    return { status, signal, stdout, stderr };
  }
  return {
    ...{ swarm, source, folder: made.folder, env, start, task },
    async succeeds(...words) {
      const ended = await task(...words);
      expect(ended.status, ended.stdout + ended.stderr).to.equal(0);
      return ended;
    },
    configure: (...lines) => writeFile(join(made.folder, 'docker/run.cfg'), `${lines.join('\n')}\n`),
    async running(service) {
      const { docker } = swarm.manager;
      const [nodes, tasks] = await Promise.all([
        docker.listNodes() as Promise<{ ID: string; Description: { Hostname: string } }[]>,
        docker.listTasks({ filters: JSON.stringify({ service: [service], 'desired-state': ['running'] }) }),
      ]);
      const found = tasks as {
        ID: string;
        NodeID?: string;
        Status: { State: string };
        Spec: { ContainerSpec: { Image: string } };
      }[];
      return found.map(({ ID, NodeID, Status, Spec }) => ({
        id: ID,
        node: nodes.find((node) => node.ID === NodeID)?.Description.Hostname ?? '',
        image: Spec.ContainerSpec.Image,
        state: Status.State,
      }));
    },
    async join(hostname) {
      const node = await bed.host({ engine: '28-overlay2', name: hostname });
      await swarm.join(node);
      await home.know(node);
    },
    async close() {
      const images = await source.docker.listImages({
        filters: JSON.stringify({ reference: [`*:${user}`] }),
      });
      for (const { RepoTags } of images)
        for (const tag of RepoTags ?? []) await source.docker.getImage(tag).remove({ force: true });
      await made[Symbol.asyncDispose]();
      await home.remove();
      await swarm.stop();
    },
  };
}

/** A home in which all nodes are known; only the manager has a name in its configuration, `manager`. */
export async function swarmHome({ manager, hosts }: BedSwarm): Promise<SwarmHome> {
  const home = await mkdtemp(join(tmpdir(), 'swarm-home-'));
  const configFile = join(home, '.ssh/config');
  const known = join(home, '.ssh/known_hosts');
  await mkdir(join(home, '.ssh'), { mode: 0o700 });
  await mkdir(join(home, 'bin'));
  const all = `Host *\n  UserKnownHostsFile ${known}\n  IdentitiesOnly yes\n`;
  const named = `Host manager\n  HostName ${manager.address}\n  IdentityFile ${manager.identityFile}\n`;
  await writeFile(configFile, all + named);
  const know = async ({ address, identityFile, knownHostsFile }: BedHost) => {
    await appendFile(known, await readFile(knownHostsFile, 'utf8'));
    await appendFile(configFile, `Host ${address}\n  IdentityFile ${identityFile}\n`);
  };
  for (const host of hosts) await know(host);
  // The ssh program looks for its files in the home of the account, whatever HOME says.
  await writeFile(join(home, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${configFile}' "$@"\n`);
  await chmod(join(home, 'bin/ssh'), 0o755);
  const path = `${join(home, 'bin')}:${process.env.PATH}`;
  return {
    env: { HOME: home, PATH: path, SSH_AUTH_SOCK: '', LANG: 'C.UTF-8' },
    know,
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

export interface SwarmHome {
  env: NodeJS.ProcessEnv;
  /** Has a further host known there. */
  know: (host: BedHost) => Promise<void>;
  remove: () => Promise<void>;
}

/** Takes all networks away from a node; those of its containers may be gone before. */
export async function loseNetwork(host: BedHost | undefined): Promise<void> {
  const down = 'for d in $(ls /sys/class/net | grep -v lo); do ip link set $d down || true; done';
  await host?.run(['sh', '-c', down]);
}
