import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificate } from './certificate.js';
import { command, lastLines } from './command.js';
import type { BedEngine } from './engine.js';
import { folders } from './folders.js';
import { freePort } from './free-port.js';
import { type Machine, startMachine, stopMachine } from './machine.js';
import { serviceAddress } from './numbers.js';
import { suiteRoot } from './suite.js';
import { startTokenServer, type TokenServer } from './token-server.js';

export interface Credentials {
  username: string;
  password: string;
}

export interface RegistryOptions {
  /** Who may pull and push; everybody without it. */
  auth?: Credentials;
  /** How `auth` is asked for: by the registry itself, or by tokens that a server of their own gives out. */
  scheme?: 'basic' | 'token';
  /** With a certificate of a private authority, at an address where engines insist on it. */
  tls?: boolean;
}

/** A registry of its caller's own (Debian's docker-registry). */
export interface BedRegistry {
  /** What stands before the first `/` of a reference, such as `localhost:40123`. */
  address: string;
  /** It listens on every address of this machine, so that hosts reach it at `<gateway>:<port>`. */
  port: number;
  /** Its API, such as `http://localhost:40123/v2/`. */
  url: string;
  /** PEM file of the private authority, with `tls`. */
  authority?: string;
  /** The stand-in that gives out tokens, with `scheme: 'token'`. */
  tokens?: TokenServer;
  /** Makes an engine trust the private authority. */
  trustedBy(engine: BedEngine): Promise<void>;
  /** Ends it in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Starts it again after `kill`; what was pushed is still there. */
  start(): Promise<void>;
  /** What it printed: a line a request. */
  log(): Promise<string>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

let started = 0;

/** Starts a registry. Throws its last lines where that fails. */
export async function registry(options: RegistryOptions = {}): Promise<BedRegistry> {
  const folder = join(registriesFolder, `${process.pid}-${++started}`);
  const machine = await startMachine(folder, { root: await suiteRoot('bookworm') });
  try {
    return await furnish(machine, options);
  } catch (error) {
    await stopRegistry(folder);
    throw new Error(`The registry cannot be started: ${(error as Error).message}`, { cause: error });
  }
}

/** Folders of all registries that have been started and not stopped. */
export async function registryFolders(): Promise<string[]> {
  const names = await readdir(registriesFolder).catch(() => []);
  return names.map((name) => join(registriesFolder, name));
}

/** Ends the registry of a folder, however it is. */
export async function stopRegistry(folder: string): Promise<void> {
  await stopMachine(folder);
  if ((await registryFolders()).length === 0) await removeServiceAddress();
}

/** Takes back the address that registries with TLS were given. */
async function removeServiceAddress(): Promise<void> {
  await command(['ip', 'address', 'delete', `${serviceAddress}/32`, 'dev', 'lo']).catch(() => undefined);
}

const registriesFolder = join(folders.run, 'registries');

async function furnish(
  machine: Machine,
  { auth, scheme = 'basic', tls }: RegistryOptions,
): Promise<BedRegistry> {
  const { folder } = machine;
  const port = await freePort();
  const address = `${tls ? serviceAddress : 'localhost'}:${port}`;
  const configuration: Record<string, unknown> = {
    version: '0.1',
    log: { accesslog: { disabled: false }, level: 'info' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: { addr: `:${port}` },
  };
  let certificate: { authority: string; certificate: string; key: string } | undefined;
  if (tls) {
    await command(['ip', 'address', 'replace', `${serviceAddress}/32`, 'dev', 'lo']);
    certificate = await makeCertificate(machine, [serviceAddress, '127.0.0.1']);
    configuration.http = {
      addr: `:${port}`,
      tls: { certificate: certificate.certificate, key: certificate.key },
    };
  }
  let tokens: TokenServer | undefined;
  if (auth && scheme === 'token') {
    const signer = certificate ?? (await makeCertificate(machine, ['127.0.0.1']));
    tokens = await startTokenServer(auth, {
      certificate: await readFile(signer.certificate, 'utf8'),
      key: await readFile(signer.key, 'utf8'),
    });
    const { realm, service, issuer } = tokens;
    configuration.auth = { token: { realm, service, issuer, rootcertbundle: signer.authority } };
  } else if (auth) {
    const path = join(folder, 'htpasswd');
    await writeFile(path, await machine.run(['htpasswd', '-niB', auth.username], auth.password));
    configuration.auth = { htpasswd: { realm: 'test bed', path } };
  }
  // The registry reads YAML, which JSON is too.
  await writeFile(join(folder, 'config.yml'), JSON.stringify(configuration));
  const start = () => startProcess(machine, port);
  await start();
  return {
    address,
    port,
    url: `${tls ? 'https' : 'http'}://${address}/v2/`,
    authority: certificate?.authority,
    tokens,
    async trustedBy(engine) {
      if (!certificate) return;
      const trusted = join(engine.certificates, address);
      await mkdir(trusted, { recursive: true });
      await writeFile(join(trusted, 'ca.crt'), await readFile(certificate.authority));
    },
    kill: () => machine.end('registry', 'SIGKILL'),
    start,
    log: () => machine.log('registry'),
    async stop() {
      await tokens?.close();
      await stopRegistry(folder);
    },
  };
}

async function startProcess(machine: Machine, port: number): Promise<void> {
  await machine.spawn('registry', ['docker-registry', 'serve', join(machine.folder, 'config.yml')]);
  const listening = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const deadline = Date.now() + 120_000;
  for (;;) {
    // Asking it would stand in its log, and knows nothing of its certificate.
    const sockets = await readFile('/proc/net/tcp6', 'utf8');
    if (sockets.split('\n').some((line) => line.includes(listening) && line.includes(' 0A '))) return;
    if (Date.now() > deadline || !existsSync(machine.folder)) {
      throw new Error(`docker-registry does not listen: ${lastLines(await machine.log('registry'))}`);
    }
    await sleep(20);
  }
}
