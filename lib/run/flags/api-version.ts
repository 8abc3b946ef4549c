import { requiresApi } from '../../flags/container/requires-api.js';
import { FlagError } from '../../text/flag-error.js';
import { isAtLeast } from '../../text/is-at-least.js';
import type { RunFlags } from './run-flags.js';

/** The API of the engine that came with docker CLI 28.2. */
export const CURRENT_API = '1.50';

const FLAGS_SINCE = [
  ['annotation', '1.43'],
  ['health-start-interval', '1.44'],
] as const;

/** Refuses what an engine of this API version does not know and would pass over in silence. */
export function checkApiVersion(flags: RunFlags, version: string): void {
  const requires = (what: string, since: string) => requiresApi(what, since, version);
  for (const [flag, since] of FLAGS_SINCE) {
    if (flags.has(flag) && !isAtLeast(version, since)) {
      throw new FlagError('UNSUPPORTED_FLAG', requires(`--${flag}`, since), flags.word(flag));
    }
  }
  if (isAtLeast(version, '1.44')) return;
  const withAddress = flags.all('network').find(({ value }) => value.macAddress !== '');
  if (withAddress || flags.last('mac-address')) {
    const word = withAddress?.word ?? flags.word('mac-address');
    throw new FlagError('UNSUPPORTED_FLAG', requires('specify mac-address per network', '1.44'), word);
  }
  const recursive = flags.all('mount').find(({ value }) => value.BindOptions?.ReadOnlyForceRecursive);
  if (recursive) {
    const sentence = 'bind-recursive=readonly requires API v1.44 or later';
    throw new FlagError('UNSUPPORTED_FLAG', sentence, recursive.word);
  }
}
