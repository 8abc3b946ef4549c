import { FlagError } from '../../text/flag-error.js';
import { filled } from './filled.js';
import type { ServiceFlags } from './service-flags.js';
import type { HealthCheck } from './service-spec.js';

/** What `--health-*` and `--no-healthcheck` ask for; undefined leaves the image's own. Unlike with a run, a 0 asks, too. */
export function readHealthCheck(flags: ServiceFlags): HealthCheck | undefined {
  const command = flags.last('health-cmd') ?? '';
  const durations = {
    Interval: flags.last('health-interval'),
    Timeout: flags.last('health-timeout'),
    StartPeriod: flags.last('health-start-period'),
    StartInterval: flags.last('health-start-interval'),
  };
  const retries = flags.last('health-retries') ?? 0;
  const isTimed = Object.values(durations).some((duration) => duration !== undefined);
  const anything = command !== '' || retries !== 0 || isTimed;
  if (flags.last('no-healthcheck')) {
    if (!anything) return { Test: ['NONE'] };
    const word = flags.word('no-healthcheck');
    throw new FlagError('CONFLICTING_FLAGS', '--no-healthcheck conflicts with --health-* options', word);
  }
  if (!anything) return undefined;
  const test = command === '' ? [] : ['CMD-SHELL', command];
  return filled({ Test: test, ...durations, Retries: retries });
}
