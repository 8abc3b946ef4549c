import { FlagError } from '../../text/flag-error.js';
import type { ServiceFlags } from './service-flags.js';
import type { ServiceMode } from './service-spec.js';

/** How many tasks there are to be: a number, or one for each node; for ever, or until they have ended. */
export function readMode(flags: ServiceFlags): ServiceMode {
  const mode = flags.last('mode') ?? 'replicated';
  const replicas = flags.last('replicas');
  const concurrent = flags.last('max-concurrent');
  if (mode === 'replicated') {
    refuse(flags, ['max-concurrent']);
    return { Replicated: present({ Replicas: replicas }) };
  }
  if (mode === 'replicated-job')
    return {
      ReplicatedJob: present({ MaxConcurrent: concurrent ?? replicas, TotalCompletions: replicas }),
    };
  if (mode === 'global') {
    refuse(flags, ['replicas', 'replicas-max-per-node', 'max-concurrent']);
    return { Global: {} };
  }
  if (mode === 'global-job') {
    refuse(flags, ['replicas-max-per-node', 'max-concurrent', 'replicas']);
    return { GlobalJob: {} };
  }
  const sentence = `Unknown mode: ${mode}, only replicated and global supported`;
  throw new FlagError('BAD_VALUE', sentence, flags.word('mode'));
}

const MODES = {
  replicas: 'replicated or replicated-job mode',
  'replicas-max-per-node': 'replicated or replicated-job mode',
  'max-concurrent': 'replicated-job mode',
} as const;

function refuse(flags: ServiceFlags, names: readonly (keyof typeof MODES)[]): void {
  for (const name of names) {
    // No most per node is the same as 0 of them.
    if (!flags.has(name) || (name === 'replicas-max-per-node' && flags.last(name) === 0)) continue;
    const sentence = `${name} can only be used with ${MODES[name]}`;
    throw new FlagError('CONFLICTING_FLAGS', sentence, flags.word(name));
  }
}

/** Without what is not given; a 0 says something here. */
function present<T extends object>(fields: T): Partial<T> {
  const kept: Partial<T> = { ...fields };
  for (const [key, value] of Object.entries(fields))
    if (value === undefined) Reflect.deleteProperty(kept, key);
  return kept;
}
