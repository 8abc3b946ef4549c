import { FlagError } from '../../text/flag-error.js';
import type { HealthCheck } from './create-container-body.js';
import type { RunFlags } from './run-flags.js';

const AMOUNTS = [
  ['health-interval', 'Interval'],
  ['health-timeout', 'Timeout'],
  ['health-retries', 'Retries'],
  ['health-start-period', 'StartPeriod'],
  ['health-start-interval', 'StartInterval'],
] as const;

/** What `--health-*` and `--no-healthcheck` ask for; undefined leaves the image's own health check. */
export function readHealthCheck(flags: RunFlags): HealthCheck | undefined {
  const command = flags.last('health-cmd') ?? '';
  const given = AMOUNTS.flatMap(([name, field]) => {
    const amount = flags.last(name);
    return amount ? [{ name, field, amount }] : [];
  });
  const anything = command !== '' || given.length > 0;
  if (flags.last('no-healthcheck')) {
    if (!anything) return { Test: ['NONE'] };
    const word = flags.word('no-healthcheck');
    throw new FlagError('CONFLICTING_FLAGS', '--no-healthcheck conflicts with --health-* options', word);
  }
  if (!anything) return undefined;
  const check: HealthCheck = command === '' ? {} : { Test: ['CMD-SHELL', command] };
  for (const { name, field, amount } of given) {
    if (amount < 0) throw new FlagError('BAD_VALUE', `--${name} cannot be negative`, flags.word(name));
    check[field] = amount;
  }
  return check;
}
