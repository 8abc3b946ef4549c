import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, startTime } from './alive.js';
import { command, lastLines } from './command.js';
import { removeFolder } from './remove-folder.js';

/**
 * Mount and process namespaces of their own, held open by an init process, in which engines, sshds and registries
 * run. When init is killed the kernel ends every process in it and drops every mount, so nothing can be left behind.
 */
export interface Machine {
  /** Holds state, logs and data; removed by `stop`. */
  folder: string;
  /** Runs a program inside to its end and returns its standard output. */
  run(argv: readonly string[], input?: string): Promise<string>;
  /** Starts a program inside that goes on; what it prints goes to `<folder>/<name>.log`. */
  spawn(name: string, argv: readonly string[]): Promise<void>;
  /** Ends a spawned program by a signal and waits until it is gone; nothing where it does not run. */
  end(name: string, signal: NodeJS.Signals): Promise<void>;
  /** What a spawned program printed so far. */
  log(name: string): Promise<string>;
  /** Process id of init, as seen from outside. */
  pid: number;
}

/** A folder as a machine sees it, and as it is seen from here. */
export interface SharedFolder {
  inside: string;
  outside: string;
}

export interface MachineOptions {
  /** Root folder of the Debian suite whose programs it runs. */
  root: string;
  /** A host of its own, with no network yet; without this, the machine's files and network are seen. */
  isolated?: { hostname: string; dataSize?: string };
  /** A network of its own, with nothing in it yet, but this machine's files. */
  ownNetwork?: boolean;
}

/** Starts a machine in `folder`, which is made. Throws one sentence that says why where it cannot. */
export async function startMachine(folder: string, options: MachineOptions): Promise<Machine> {
  await removeFolder(folder);
  await mkdir(join(folder, 'data'), { recursive: true });
  const { isolated, ownNetwork, root } = options;
  const script = isolated ? isolatedScript : localScript;
  const network = isolated || ownNetwork ? ['--net'] : [];
  const namespaces = [
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    ...network,
    ...(isolated ? ['--uts'] : []),
  ];
  const propagation = isolated ? 'private' : 'slave';
  const log = openSync(join(folder, 'init.log'), 'a');
  const argv = [...namespaces, '--propagation', propagation, 'sh', '-ec', script, 'init'];
  const args = [root, folder, isolated?.hostname ?? '', isolated?.dataSize ?? ''];
  const child = spawn('unshare', [...argv, ...args], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  const ready = join(folder, 'ready');
  const pid = child.pid ?? 0;
  while (!existsSync(ready)) {
    if (child.exitCode !== null || !isAlive(pid)) {
      const said = lastLines(await readFile(join(folder, 'init.log'), 'utf8'));
      throw new Error(`A machine of ${root} cannot be made: ${said}`);
    }
    await sleep(5);
  }
  const init = await onlyChild(child);
  await writeFile(join(folder, 'init.pid'), processName(init));
  return machineOf(folder, init);
}

/** The machine that runs in `folder`, or undefined where none does (any more). */
export async function findMachine(folder: string): Promise<Machine | undefined> {
  const pid = await readProcessName(join(folder, 'init.pid'));
  return pid === undefined ? undefined : machineOf(folder, pid);
}

/** Ends whatever runs in the machine at once and removes its folder. */
export async function stopMachine(folder: string): Promise<void> {
  const machine = await findMachine(folder);
  if (machine) {
    process.kill(machine.pid, 'SIGKILL');
    while (isAlive(machine.pid)) await sleep(5);
  }
  await removeFolder(folder);
}

/** Removes the control groups that an engine has made below `name` in every hierarchy. */
export async function removeControlGroups(name: string): Promise<void> {
  const top = '/sys/fs/cgroup';
  const hierarchies = [top, ...(await readdir(top)).map((entry) => join(top, entry))];
  for (const hierarchy of hierarchies) await removeGroup(join(hierarchy, name));
}

/** Removes a control group that others use, too, where nothing is left in it. */
export async function removeEmptyControlGroup(name: string): Promise<void> {
  const top = '/sys/fs/cgroup';
  for (const hierarchy of await readdir(top)) await rmdir(join(top, hierarchy, name)).catch(() => undefined);
}

async function removeGroup(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeGroup(join(folder, entry.name));
  if (existsSync(folder)) await rmdir(folder);
}

function machineOf(folder: string, pid: number): Machine {
  const enter = ['nsenter', '--target', String(pid), '--mount', '--pid', '--net', '--uts', '--root', '--wd'];
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
  return {
    folder,
    pid,
    run: (argv, input) => command([...enter, '--', ...argv], { env, input }),
    async spawn(name, argv) {
      const log = openSync(join(folder, `${name}.log`), 'a');
      const [program, ...args] = [...enter, '--', ...argv] as [string, ...string[]];
      const child = spawn(program, args, { env, detached: true, stdio: ['ignore', log, log] });
      closeSync(log);
      child.unref();
      await writeFile(join(folder, `${name}.pid`), processName(await onlyChild(child)));
    },
    async end(name, signal) {
      const pid = await readProcessName(join(folder, `${name}.pid`));
      if (pid === undefined) return;
      process.kill(pid, signal);
      while (isAlive(pid)) await sleep(10);
    },
    log: (name) => readFile(join(folder, `${name}.log`), 'utf8').catch(() => ''),
  };
}

/** Waits for the process that `unshare --fork` or `nsenter --pid` makes, which is the one inside. */
async function onlyChild(parent: ChildProcess): Promise<number> {
  const pid = parent.pid ?? 0;
  for (;;) {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    if (children !== '') return Number(children.trim());
    if (!isAlive(pid)) return 0;
    await sleep(5);
  }
}

/** A process as a file keeps it, so that a later one of the same number is not taken for it. */
const processName = (pid: number) => `${pid} ${startTime(pid) ?? ''}`;

/** The process that a file names, where it still lives. */
async function readProcessName(path: string): Promise<number | undefined> {
  const [pid, start] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
  return pid && start && startTime(Number(pid)) === start ? Number(pid) : undefined;
}

/**
 * The machine's own files, but the suite's programs: so a volume of any folder works as on a usual engine.
 * docker-init, or podman's catatonit, reaps the orphans of the container shims, as PID 1 has to.
 */
const localScript = `
root=$1 folder=$2
mkdir -p /etc/docker "$folder/etc-docker"
mount --bind "$root/usr" /usr
mount --bind "$root/etc/alternatives" /etc/alternatives
mount --bind "$root/etc/ld.so.cache" /etc/ld.so.cache
mount --bind "$folder/etc-docker" /etc/docker
mount -t proc proc /proc
mkdir -p /run/docker /run/containerd
mount -t tmpfs -o mode=700 tmpfs /run/docker
mount -t tmpfs -o mode=711 tmpfs /run/containerd
if [ -d "$root/etc/containers" ]; then
  cp -a "$root/etc/containers" "$folder/etc-containers"
  mkdir -p /etc/containers "$folder/var-tmp"
  mount --bind "$folder/etc-containers" /etc/containers
  mount --bind "$folder/var-tmp" /var/tmp
  for tmp in containers libpod crun netns podman; do
    mkdir -p /run/$tmp
    mount -t tmpfs -o mode=711 tmpfs /run/$tmp
  done
fi
cd /
touch "$folder/ready"
exec "$(command -v docker-init || command -v catatonit)" -- sleep infinity
`;

/** A writable layer over the suite's root, and nothing else of this machine but its devices. */
const isolatedScript = `
root=$1 folder=$2 hostname=$3 size=$4
mkdir -p "$folder/upper" "$folder/work" "$folder/merged" "$folder/shared"
mount -t overlay -o "lowerdir=$root,upperdir=$folder/upper,workdir=$folder/work" overlay "$folder/merged"
cd "$folder/merged"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount --bind "$folder/shared" bed
if [ "$size" ]; then mount -t tmpfs -o "size=$size" tmpfs var/lib/docker
else mount --bind "$folder/data" var/lib/docker; fi
if [ -d etc/containers ]; then mkdir -p var/lib/containers; mount --bind var/lib/docker var/lib/containers; fi
hostname "$hostname"
echo "127.0.0.1 localhost $hostname" >etc/hosts
mkdir -p .old run/sshd
pivot_root . .old
touch /.old"$folder/ready"
umount -l /.old
rmdir /.old
exec "$(command -v docker-init || command -v catatonit)" -- sleep infinity
`;
