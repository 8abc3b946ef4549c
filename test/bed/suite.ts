import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.js';
import { folders } from './folders.js';
import { withLock } from './lock.js';
import { debianMirror, mirrorEnvironment } from './mirror.js';
import {
  databasePackages,
  ensureMachinePackages,
  lockerPackages,
  pythonPackages,
  type RootName,
  roots,
  type Suite,
} from './packages.js';
import { removeFolder } from './remove-folder.js';

/** Logins of every remote host: root, one who may `sudo -n`, and one who may nothing. */
export const users = { root: 'root', sudo: 'sudoer', none: 'guest' } as const;

/**
 * Root folder of a Debian suite with engine, sshd and what else `roots` lists; made once, then cached.
 * @returns its absolute path. Nobody may write there.
 */
export function suiteRoot(name: RootName): Promise<string> {
  const { suite, packages } = roots[name];
  return cachedRoot(name, suite, packages, finishSuite);
}

/** Root folder of the image python:3.11-slim, cached. */
export function pythonRoot(): Promise<string> {
  return cachedRoot('python', 'bookworm', pythonPackages, finishPython('3.11'));
}

/** Root folder of the image lockers:trixie, cached. */
export function lockerRoot(): Promise<string> {
  return cachedRoot('lockers', 'trixie', lockerPackages, finishPython('3.13'));
}

/** Root folder of the images postgres:15 and redis:7, cached. */
export function databaseRoot(): Promise<string> {
  return cachedRoot('database', 'bookworm', databasePackages, finishDatabase);
}

/**
 * A recipe is its packages and its finishing script; a root made by another recipe is made anew. It is made
 * aside and renamed when complete, so an interrupted one never counts.
 */
async function cachedRoot(
  name: string,
  suite: Suite,
  packages: readonly string[],
  finish: string,
): Promise<string> {
  if (process.getuid?.() !== 0)
    throw new Error('The test bed starts engines of its own only for root on Linux.');
  const recipe = createHash('sha256')
    .update([suite, ...packages, trim, finish].join('\n'))
    .digest('hex');
  const parent = join(folders.cache, 'roots');
  const root = join(parent, `${name}-${recipe.slice(0, 12)}`);
  if (existsSync(root)) return root;
  return withLock(`root-${name}`, async () => {
    if (existsSync(root)) return root;
    await ensureMachinePackages();
    await mkdir(parent, { recursive: true });
    for (const old of await readdir(parent))
      if (old.startsWith(`${name}-`)) await removeFolder(join(parent, old));
    const partial = `${root}.partial`;
    process.stderr.write(`test bed: making a root of Debian ${suite} (${name}), once\n`);
    await bootstrap(suite, packages, partial);
    await command(['chroot', partial, 'sh', '-ec', trim + finish]);
    await rename(partial, root);
    return root;
  });
}

async function bootstrap(suite: Suite, packages: readonly string[], folder: string): Promise<void> {
  const scripts = '/usr/share/debootstrap/scripts';
  // A debootstrap that is older than the suite has no script of its name; all recent suites share sid's.
  const script = existsSync(join(scripts, suite)) ? [] : ['sid'];
  const include = `--include=${['ca-certificates', ...packages].join(',')}`;
  // In namespaces of its own that die with this process: an interrupted one must not go on in the folder that the
  // next one makes anew, nor leave its /proc mounted there.
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const debootstrap = ['debootstrap', '--variant=minbase', include, suite, folder];
  const argv = ['setpriv', '--pdeathsig', 'KILL', ...namespaces, ...debootstrap];
  await command([...argv, await debianMirror(), ...script], {
    env: await mirrorEnvironment(),
    timeout: 2_400_000,
  });
}

/** What no test reads. The mirror's address goes too. */
const trim = `
rm -rf /var/cache/apt/* /var/lib/apt/lists/* /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/locale/*
rm -rf /etc/apt/sources.list* /etc/resolv.conf /etc/hostname /debootstrap
`;

const finishSuite = `
mkdir -p /etc/docker /etc/sudoers.d /var/lib/docker /bed
rm -f /etc/ssh/ssh_host_*
useradd --create-home --shell /bin/bash ${users.sudo}
useradd --create-home --shell /bin/bash ${users.none}
usermod -p '*' ${users.sudo}
usermod -p '*' ${users.none}
echo '${users.sudo} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/${users.sudo}
`;

/**
 * As in the official image: python and pip on PATH, and pip free to install into the system. Compiled modules by
 * hash, since those by time of day would not count in an image without such times, and pip would take seconds longer.
 */
const finishPython = (version: string) => `
rm -f /usr/lib/python${version}/EXTERNALLY-MANAGED
ln -s /usr/bin/python3 /usr/local/bin/python
ln -sf /usr/bin/pip3 /usr/local/bin/pip
find / -xdev -name __pycache__ -prune -exec rm -rf {} +
python3 -m compileall -q --invalidation-mode unchecked-hash /usr/lib/python3 /usr/lib/python${version}
`;

/** As in the official images: a cluster that trusts who asks, for everybody on the network; without the compiler of queries. */
const finishDatabase = `
rm -rf /usr/lib/x86_64-linux-gnu/libLLVM* /usr/lib/postgresql/15/lib/bitcode /usr/lib/postgresql/15/lib/llvmjit*
rm -rf /var/lib/postgresql/* /usr/lib/python3* /usr/share/perl /usr/lib/x86_64-linux-gnu/perl
install -d -o postgres -g postgres -m 0700 /var/lib/postgresql/data
install -d -o postgres -g postgres /var/run/postgresql
setpriv --reuid postgres --regid postgres --clear-groups \
  /usr/lib/postgresql/15/bin/initdb -D /var/lib/postgresql/data -A trust -U postgres --wal-segsize=1 --no-sync -E UTF8 --locale=C.UTF-8
echo 'host all all all trust' >>/var/lib/postgresql/data/pg_hba.conf
echo "listen_addresses = '*'" >>/var/lib/postgresql/data/postgresql.conf
`;
