import { baseImageArchive, loadBaseImages } from './base-images.js';
import { demoEngine } from './demo-engine.js';
import { dockerCli } from './docker-cli.js';
import { down } from './down.js';
import { engine } from './engine.js';
import { host, joinHosts } from './host.js';
import { leftBehind } from './left-behind.js';
import { anyEngine } from './machine-engine.js';
import { node } from './node.js';
import { ensureCompilers, ensureVersioneer } from './packages.js';
import { prepare } from './prepare.js';
import { pty } from './pty.js';
import { registry } from './registry.js';
import { orSkip } from './require.js';
import { swarm } from './swarm.js';

/** The test bed: engines, hosts and registries from Debian's packages, for end-to-end tests and the demo. */
export const bed = {
  /** Makes all that is slow to make, and fails where this machine cannot have a bed. */
  prepare,
  /** A running engine by version and image store, started where it is not up yet. */
  engine,
  /** A remote host with sshd and engine, of one's own. */
  host,
  /** A host with containerd alone, as nodes of Kubernetes have it, of one's own. */
  node,
  /** Lets two hosts reach each other. */
  joinHosts,
  /** A swarm of hosts of one's own. */
  swarm,
  /** The engine that the machine has, else one of the bed. */
  anyEngine,
  /** A registry of one's own: open, with a password or tokens, plain or with TLS. */
  registry,
  /** A real docker command line with buildx. */
  dockerCli,
  /** Compilers for both architectures of the transfer's helper, and an emulator of arm64. */
  compilers: ensureCompilers,
  /** python3 and Debian's versioneer. */
  versioneer: ensureVersioneer,
  /** A program in a real terminal. */
  pty,
  /** An engine with base images for the demo, on a machine that may have nothing. */
  demoEngine,
  /** Loads `busybox:latest`, `python:3.11-slim` into an engine. */
  baseImages: loadBaseImages,
  /** The archive of such an image, for `docker load`. */
  baseImageArchive,
  /** Skips a mocha test that cannot have what it needs, and says why; fails it under CI=true. */
  orSkip,
  /** What tests have left on the engines, as lines. */
  leftBehind,
  /** Ends all that runs and removes its data; the cache stays. */
  down,
};

export { type DockerName, engineNames, type EngineName, isPodman, podmanNames } from './daemon.js';
export type { BedEngine, EngineOptions } from './engine.js';
export type { BedHost, HostOptions } from './host.js';
export { nodeNames, type BedNode, type NodeName, type NodeOptions } from './node.js';
export type { BedSwarm } from './swarm.js';
export type { Pty, PtyOptions } from './pty.js';
export type { BedRegistry, Credentials, RegistryOptions } from './registry.js';
export type { AnyEngine } from './machine-engine.js';
export type { BaseImage } from './base-images.js';
