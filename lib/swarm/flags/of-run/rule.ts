import { checked } from '../../../flags/container/checked-words.js';
import type { Host } from '../../../flags/container/host.js';
import type { Occurrence } from '../../../flags/parse-flags.js';
import type { RunFlags } from '../../../run/flags/run-flags.js';
import { FlagError } from '../../../text/flag-error.js';
import { maskSecrets } from '../../../text/secrets.js';

/** One flag of a `docker run`, among the others. */
export interface Given extends Occurrence<unknown> {
  name: string;
  /** Whether the flag does not come again. */
  isLast: boolean;
  flags: RunFlags;
  host: Host;
}

/** The flags of `docker service create` that say the same. */
export type Rule = (given: Given) => string[];

/** A flag of the same name that takes the same values. */
export const same: Rule = ({ name, text }) => [`--${name}=${text}`];

/** A flag of another name that takes the same values. */
export function as(...names: string[]): Rule {
  return ({ text }) => names.map((name) => `--${name}=${text}`);
}

/** What the client of a run does, and nobody has to do for a service; or what another flag's rule takes up. */
export const nothing: Rule = () => [];

/** A flag without equivalent, unless it says what would be without it. */
export const none: Rule = (given) => {
  if (given.value === false || given.value === 0 || given.value === '') return [];
  throw noEquivalent(given, `--${given.name}`);
};

/** @param what the flag, or the flag with the part of its value that a service does not have */
export function noEquivalent({ word }: Pick<Given, 'word'>, what: string): FlagError {
  const sentence = `${maskSecrets(what)} has no equivalent in a service of a swarm: take it out, or run the image on one machine`;
  return new FlagError('UNSUPPORTED_FLAG', sentence, word);
}

/** A rule for a value that is read first, with the place where it stands. */
export function reading<T>(read: (text: string) => T, say: (value: T, given: Given) => string[]): Rule {
  return (given) =>
    say(
      checked(given.word, () => read(given.text)),
      given,
    );
}

/** A rule for a flag of which the last one counts, where an earlier one would leave something behind. */
export function last(rule: Rule): Rule {
  return (given) => (given.isLast ? rule(given) : []);
}

/** One record of comma-separated fields, as docker reads them. */
export function csv(fields: readonly string[]): string {
  return fields
    .map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}
