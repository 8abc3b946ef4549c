import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { command } from './command.js';
import { withLock } from './lock.js';

/** What the machine itself needs, and the program that tells whether a package is there. */
const machinePackages: Record<string, string> = {
  debootstrap: 'debootstrap',
  git: 'git',
  iproute2: 'ip',
  'openssh-client': 'ssh',
  tmux: 'tmux',
};

/** What compiles and emulates the helper of transfers, likewise. */
const compilerPackages: Record<string, string> = {
  gcc: 'gcc',
  'gcc-aarch64-linux-gnu': 'aarch64-linux-gnu-gcc',
  'qemu-user-static': 'qemu-aarch64-static',
};

/** What tells the version of a project in Python, likewise. */
const versioneerPackages: Record<string, string> = { python3: 'python3', 'python3-versioneer': 'versioneer' };

/** What goes into the root of each Debian suite, beside its minimal base. */
const suitePackages = {
  /** Engine 20.10, OpenSSH 9.2, and the tools that need no newer suite. */
  bookworm: [
    ...['docker.io', 'iptables', 'iproute2', 'iputils-ping', 'openssh-server', 'sudo'],
    ...['docker-registry', 'apache2-utils', 'openssl', 'busybox-static'],
  ],
  /** Engine 26.1, OpenSSH 10.0. */
  trixie: ['docker.io', 'docker-cli', 'iptables', 'iproute2', 'iputils-ping', 'openssh-server', 'sudo'],
  /** Engine 28.5 with its command line and buildx, what runs it without rights, OpenSSH 10. */
  forky: [
    ...['docker.io', 'docker-cli', 'docker-buildx', 'iptables', 'iproute2', 'iputils-ping'],
    ...['rootlesskit', 'slirp4netns', 'uidmap', 'openssh-server', 'sudo'],
  ],
} as const;

export type Suite = keyof typeof suitePackages;

/** What podman needs to run containers, as root and without rights, in any suite. */
const podmanPackages = [
  ...[
    'podman',
    'crun',
    'conmon',
    'fuse-overlayfs',
    'catatonit',
    'netavark',
    'aardvark-dns',
    'slirp4netns',
    'passt',
  ],
  ...['uidmap', 'nftables', 'iptables', 'iproute2', 'iputils-ping', 'openssh-server', 'sudo'],
] as const;

/** The roots that engines run in, by name: the suites themselves have Docker's engine, these have podman alone. */
export const roots = {
  bookworm: { suite: 'bookworm', packages: suitePackages.bookworm },
  trixie: { suite: 'trixie', packages: suitePackages.trixie },
  forky: { suite: 'forky', packages: suitePackages.forky },
  /** Podman 4.3. */
  'podman-bookworm': { suite: 'bookworm', packages: podmanPackages },
  /** Podman 5.4. */
  'podman-trixie': { suite: 'trixie', packages: podmanPackages },
  /** Podman 5.8. */
  'podman-forky': { suite: 'forky', packages: podmanPackages },
} as const satisfies Record<string, { suite: Suite; packages: readonly string[] }>;

export type RootName = keyof typeof roots;

export const rootNames = Object.keys(roots) as RootName[];

/** What makes bookworm's minimal base the image python:3.11-slim. */
export const pythonPackages = ['python3', 'python3-pip', 'python3-setuptools', 'python3-wheel'] as const;

/** What makes trixie's minimal base an image of Python 3.13 that has the tools whose lock files `init` reads, but for uv. */
export const lockerPackages = [
  ...['python3', 'python3-pip', 'python3-setuptools', 'python3-wheel'],
  ...['python3-poetry', 'python3-poetry-plugin-export', 'python3-pdm', 'pipenv'],
  // debootstrap does not look for what provides a virtual package.
  'python3-cffi-backend',
] as const;

/** What makes bookworm's minimal base the images postgres:15 and redis:7. */
export const databasePackages = ['postgresql', 'redis-server'] as const;

/** Installs with apt-get those packages whose programs the machine lacks. Needs root where there are such. */
export const ensureMachinePackages = () => ensure(machinePackages);

/** The same for the compilers of both architectures and an emulator of arm64 (`qemu-aarch64-static`). */
export const ensureCompilers = () => ensure(compilerPackages);

/** The same for python3 and versioneer. */
export const ensureVersioneer = () => ensure(versioneerPackages);

async function ensure(packages: Record<string, string>): Promise<void> {
  if ((await missingOf(packages)).length === 0) return;
  await withLock('apt', async () => {
    const missing = await missingOf(packages); // fewer, if another process has just installed them
    if (missing.length === 0) return;
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const aptGet = ['apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=300'];
    process.stderr.write(
      `test bed: fetching package lists and installing ${missing.join(', ')}: apt-get update, apt-get install\n`,
    );
    await command([...aptGet, 'update'], { env, timeout: 300_000 });
    await command([...aptGet, 'install', '--no-install-recommends', ...missing], { env, timeout: 600_000 });
  });
}

async function missingOf(packages: Record<string, string>): Promise<string[]> {
  const missing: string[] = [];
  for (const [name, program] of Object.entries(packages)) {
    if (!(await onPath(program))) missing.push(name);
  }
  return missing;
}

async function onPath(program: string): Promise<boolean> {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const place of places) {
    try {
      await access(join(place, program), constants.X_OK);
      return true;
    } catch {
      // The next folder may have it.
    }
  }
  return false;
}
