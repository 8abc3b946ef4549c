import type { Readable } from 'node:stream';
import { isRecord } from '../../text/record.js';
import { guarded, list, matching, number, object, optional, type Shaped, text } from '../client/shape.js';
import type { Engine } from '../types.js';

/** All that swarms know, of which https://docs.docker.com/engine/swarm/how-swarm-mode-works/swarm-task-states/ tells the most. */
const STATES = [
  ...['new', 'allocated', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting', 'running'],
  ...['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned'],
];

const STATE = matching(new RegExp(`^(${STATES.join('|')})$`), 'the state of a task');

const TASK = object({
  ID: text,
  CreatedAt: text,
  Slot: optional(number),
  NodeID: optional(text),
  ServiceID: text,
  /** What it was made from, as the API has it. */
  Spec: guarded(isRecord, 'an object'),
  DesiredState: STATE,
  Status: object({
    State: STATE,
    Message: optional(text),
    Err: optional(text),
    ContainerStatus: optional(object({ ContainerID: optional(text), ExitCode: optional(number) })),
  }),
});

/** One container of a service, or what is to become one. */
export type SwarmTask = Shaped<typeof TASK>;

/** Services that are asked for at once: their IDs stand in the URL. */
const MANY = 100;

/**
 * The tasks of services, the oldest first; of those that have ended the swarm keeps a few.
 *
 * @throws {EngineRefusal} with status 404 where one of the services has gone
 */
export async function tasksOf(engine: Engine, ...services: readonly string[]): Promise<SwarmTask[]> {
  const tasks: SwarmTask[] = [];
  for (let at = 0; at < services.length; at += MANY) {
    const query = { filters: JSON.stringify({ service: services.slice(at, at + MANY) }) };
    tasks.push(...((await engine.client.json('GET', '/tasks', optional(list(TASK)), { query })) ?? []));
  }
  return tasks.sort((one, other) => (one.CreatedAt < other.CreatedAt ? -1 : 1));
}

interface LogOptions {
  follow?: boolean;
  /** The last lines alone. */
  tail?: number;
  signal?: AbortSignal;
}

/** What a task has written: in the frames of an attached connection, unless it has a terminal. */
export function taskOutput(
  engine: Engine,
  task: string,
  { follow = false, tail, signal }: LogOptions = {},
): Promise<Readable> {
  const query = {
    ...{ stdout: '1', stderr: '1', tail: tail === undefined ? 'all' : String(tail) },
    ...(follow && { follow: '1' }),
  };
  return engine.client.stream('GET', `/tasks/${task}/logs`, { query, signal, mayBeSilent: true });
}
