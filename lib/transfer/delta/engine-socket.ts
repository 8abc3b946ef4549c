import { text } from 'node:stream/consumers';

import type { Engine } from '../../engine/types.js';

/** Where an engine listens that is everybody's, unless its address says so. */
const DEFAULT_SOCKET = '/var/run/docker.sock';

/** What the docker client of whoever is logged in thinks of its engine. */
const INSPECT_CONTEXT = ['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];

/** Path of the engine's socket on its own machine. A guess: whoever uses it has to see whether it is that engine's. */
export async function engineSocket(engine: Engine): Promise<string> {
  const { address, ssh } = engine;
  const told = socketIn(address.url) ?? ssh?.target.socketPath;
  if (told !== undefined) return told;
  if (!ssh || !(await engine.facts()).rootless) return DEFAULT_SOCKET;
  const client = await ssh.exec(INSPECT_CONTEXT);
  client.stdin.on('error', () => undefined).end();
  client.stderr.resume();
  const [url] = await Promise.all([text(client.stdout), client.exit]);
  return socketIn(url.trim()) ?? DEFAULT_SOCKET;
}

function socketIn(url: string): string | undefined {
  return /^unix:\/\/(.*)$/.exec(url)?.[1];
}
