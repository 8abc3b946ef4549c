import { Readable } from 'node:stream';
import { Container } from '../../engine/containers/container.js';
import type { Engine } from '../../engine/types.js';
import { type Image, type Readiness, readinessText } from '../../project/index.js';
import { UserError } from '../../text/user-error.js';
import { Output, whenItComes } from '../output.js';
import { startAndWait } from '../ready/ready.js';
import { Removals } from '../ready/removals.js';
import type { FoundContainer } from './found.js';

/** How a container is, in a few words, and whether it is ready: undefined where nothing says when it would be. */
export interface ContainerState {
  text: string;
  ready?: boolean;
}

export interface StateMeans {
  engine: Engine;
  /** `<project>/<user>` */
  group: string;
  signal: AbortSignal;
}

/** Milliseconds that one gets to show that it is ready: a busy engine takes seconds to make what asks its port. */
const PATIENCE = 5_000;

/** What a failure to be ready says. */
const SAID: Readonly<Record<string, string>> = {
  SERVICE_NOT_READY: 'not ready',
  SERVICE_UNHEALTHY: 'unhealthy',
  SERVICE_ENDED: 'ended',
};

/**
 * Whether a container is ready now, as its section says, else as its health check does.
 *
 * @param image its section; undefined where that is wrong, or gone
 */
export async function stateOf(
  found: FoundContainer,
  image: Image | undefined,
  means: StateMeans,
): Promise<ContainerState> {
  const { inspected, role } = found;
  const { Status } = inspected.State;
  if (role === 'left') return { text: 'left by a killed run' };
  if (Status !== 'running') return { text: Status };
  // What is ready when it has ended runs until then.
  if (!image || image.service.ready?.kind === 'exit') return healthOf(found);
  try {
    const how = await waitBriefly(found, image, means);
    return how === 'running' ? { text: how } : { text: `ready (${how})`, ready: true };
  } catch (error) {
    const said = error instanceof UserError ? SAID[error.code] : undefined;
    if (said === undefined) throw error;
    const { ready } = image.service;
    return { text: ready ? `${said} (${readinessText(ready)})` : said, ready: false };
  }
}

/** @returns what made it ready, as run.cfg has it */
async function waitBriefly(
  found: FoundContainer,
  image: Image,
  { engine, group, signal }: StateMeans,
): Promise<string> {
  const { id: containerId, section: name, inspected } = found;
  const { ready } = image.service;
  // No part of what the container needs: podman takes seconds to tell of itself.
  await engine.facts();
  const waiting = new AbortController();
  const removals = new Removals();
  const output = outputOf(engine, found, ready, waiting.signal);
  try {
    const { status: ended } = await new Container(engine, containerId).watchExit('next-exit', waiting.signal);
    const service = { name, image, ready, readyTimeout: PATIENCE };
    const waited = { engine, group, service, containerId, inspected, output, ended, signal, removals };
    return await startAndWait(waited, () => Promise.resolve(output.begin()));
  } finally {
    waiting.abort();
    output.close();
    await removals.done();
  }
}

function healthOf({ inspected: { State } }: FoundContainer): ContainerState {
  const health = State.Health?.Status;
  if (health === undefined || health === 'none') return { text: 'running' };
  return { text: health, ready: health === 'healthy' };
}

/** All that it has written, where a line of that says whether it is ready. */
function outputOf(
  engine: Engine,
  { id, inspected }: FoundContainer,
  ready: Readiness | undefined,
  signal: AbortSignal,
): Output {
  if (ready?.kind !== 'log') return new Output(Readable.from([]), true);
  return new Output(whenItComes(new Container(engine, id).logs(signal)), !inspected.Config.Tty);
}
