import { cut } from '../../../flags/key-value.js';
import { ValueError } from '../../../text/flag-error.js';
import type { Placement } from '../service-spec.js';

type Preference = NonNullable<Placement['Preferences']>[number];

/** A `--placement-pref`: `spread=node.labels.zone`. */
export function readPreference(text: string): Preference {
  const [strategy, over] = cut(text, '=');
  if (over === undefined || strategy === '')
    throw new ValueError('placement preference must be of the format "<strategy>=<arg>"');
  if (strategy !== 'spread')
    throw new ValueError(`unsupported placement preference ${strategy} (only spread is supported)`);
  return { Spread: { SpreadDescriptor: over } };
}
