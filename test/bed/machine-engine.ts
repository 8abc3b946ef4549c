import { existsSync } from 'node:fs';
import Docker from 'dockerode';
import { engine } from './engine.js';

/** An engine of no particular version. */
export interface AnyEngine {
  /** Its address for DOCKER_HOST. */
  url: string;
  env: NodeJS.ProcessEnv;
  docker: Docker;
}

/** The engine that answers on this machine already (DOCKER_HOST, or the default socket), else one of the test bed. */
export async function anyEngine(): Promise<AnyEngine> {
  return (await machineEngine()) ?? engine('20-overlay2');
}

/** The engine that answers on this machine already, if there is one. */
export async function machineEngine(): Promise<AnyEngine | undefined> {
  const url = process.env.DOCKER_HOST ?? defaultSocket;
  if (url === defaultSocket && !existsSync(defaultSocket.slice('unix://'.length))) return undefined;
  const docker = url.startsWith('unix://')
    ? new Docker({ socketPath: url.slice('unix://'.length) })
    : new Docker();
  try {
    await docker.ping();
  } catch {
    return undefined;
  }
  return { url, env: { ...process.env, DOCKER_HOST: url }, docker };
}

const defaultSocket = 'unix:///var/run/docker.sock';
