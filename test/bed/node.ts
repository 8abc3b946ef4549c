import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from './command.js';
import { hostFolder, stopHost } from './host.js';
import { connect, type Link } from './link.js';
import { type Machine, startMachine } from './machine.js';
import { hostNetwork, takeNumber } from './numbers.js';
import { ensureMachinePackages, type RootName, roots } from './packages.js';
import { type Login, startSshd } from './sshd.js';
import { suiteRoot, users } from './suite.js';

/** containerd 1.6, 1.7 and 2.1. */
const containerds = {
  'containerd-1.6': 'bookworm',
  'containerd-1.7': 'trixie',
  'containerd-2': 'forky',
} as const satisfies Record<string, RootName>;

export type NodeName = keyof typeof containerds;

export const nodeNames = Object.keys(containerds) as NodeName[];

export interface NodeOptions {
  containerd: NodeName;
  /** Its hostname and its name in the ssh configuration; `node` without one. */
  name?: string;
  /** True: containerd listens where that of k3s does, and `k3s ctr` is the only program that knows. */
  k3s?: boolean;
  /** Lines of sshd_config that win over the usual ones. */
  sshd?: readonly string[];
  /** Size of the disk that containerd's data are on, such as `200m`. */
  dataSize?: string;
  /** Limit of the link in Mbit/s, both directions. */
  rate?: number;
}

/** A host with containerd alone, as a node of Kubernetes has it. */
export interface BedNode extends Link, Login {
  name: string;
  address: string;
  users: typeof users;
  /** containerd's socket as seen from here. */
  socket: string;
  /** Runs a program on the node as root, not through ssh. */
  run(argv: readonly string[], input?: string): Promise<string>;
  /** Runs `ctr` there in the namespace k8s.io. */
  ctr(...argv: readonly string[]): Promise<string>;
  /** Ends containerd and starts it again, `SIGKILL` as if it crashed. */
  restart(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** What containerd printed. */
  log(): Promise<string>;
  /** Ends the node and removes all that it held. */
  stop(): Promise<void>;
}

/** Starts a node, for its caller alone. */
export async function node(options: NodeOptions): Promise<BedNode> {
  const { containerd, name = 'node' } = options;
  await ensureMachinePackages();
  const root = await suiteRoot(containerds[containerd]);
  const folder = hostFolder(name);
  const machine = await startMachine(folder, {
    root,
    isolated: { hostname: name, dataSize: options.dataSize },
  });
  try {
    return await furnish(machine, options, name);
  } catch (error) {
    await stopHost(folder);
    throw new Error(`The node ${name} cannot be started: ${(error as Error).message}`, { cause: error });
  }
}

async function furnish(machine: Machine, options: NodeOptions, name: string): Promise<BedNode> {
  const number = await takeNumber('host');
  await writeFile(join(machine.folder, 'number'), String(number));
  const ends = hostNetwork(number);
  const link = await connect(machine, ends);
  if (options.rate !== undefined) await link.rate(options.rate);
  const socket = options.k3s ? '/run/k3s/containerd/containerd.sock' : '/run/containerd/containerd.sock';
  const state = options.k3s ? '/run/k3s/containerd' : '/run/containerd';
  const ctr = options.k3s ? '/usr/lib/k3s-ctr' : '/usr/bin/ctr';
  await machine.run(['sh', '-ec', SURROUNDINGS]);
  await machine.run(['tee', '/etc/containerd.toml'], configuration(state, socket));
  if (options.k3s) await machine.run(['sh', '-ec', AS_K3S]);
  const start = async () => {
    const before = (await machine.log('containerd')).length;
    await machine.spawn('containerd', ['containerd', '--config', '/etc/containerd.toml']);
    const answers = () =>
      machine.run([ctr, '--address', socket, 'version']).then(
        () => true,
        () => false,
      );
    for (const deadline = Date.now() + 180_000; !(await answers()); await sleep(50))
      if (Date.now() > deadline) {
        const said = (await machine.log('containerd')).slice(before);
        throw new Error(`containerd does not start: ${lastLines(said)}`);
      }
  };
  const [login] = await Promise.all([
    startSshd(machine, {
      ...{ name, address: ends.far, port: 22, lines: options.sshd ?? [] },
      suite: roots[containerds[options.containerd]].suite,
    }),
    start(),
  ]);
  return {
    ...link,
    ...login,
    name,
    address: ends.far,
    users,
    socket: join('/proc', String(machine.pid), 'root', socket),
    run: (argv, input) => machine.run(argv, input),
    ctr: (...argv) => machine.run([ctr, '--address', socket, '-n', 'k8s.io', ...argv]),
    async restart(signal = 'SIGTERM') {
      await machine.end('containerd', signal);
      await start();
    },
    log: () => machine.log('containerd'),
    stop: () => stopHost(machine.folder),
  };
}

/** No Docker; what the machine has of a disk of its own. */
const SURROUNDINGS = `
rm -f /usr/bin/docker
umount /sys/fs/cgroup/unified 2>/dev/null || :
mkdir -p /run/containerd
`;

/** \`ctr\` is a part of the program k3s there, which knows where its containerd listens. */
const AS_K3S = `
mv /usr/bin/ctr /usr/lib/k3s-ctr
cat >/usr/local/bin/k3s <<'END'
#!/bin/sh
[ "$1" = ctr ] || exit 1
shift
exec /usr/lib/k3s-ctr --address /run/k3s/containerd/containerd.sock "$@"
END
chmod 755 /usr/local/bin/k3s
`;

function configuration(state: string, socket: string): string {
  return [
    'version = 2',
    'root = "/var/lib/docker/containerd"',
    `state = "${state}"`,
    '[grpc]',
    `address = "${socket}"`,
    '',
  ].join('\n');
}
