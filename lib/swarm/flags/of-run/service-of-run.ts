import { type Host, hostOf } from '../../../flags/container/host.js';
import { parseFlags } from '../../../flags/parse-flags.js';
import { runSyntax } from '../../../run/flags/run-flags.js';
import { FlagError } from '../../../text/flag-error.js';
import type { Word } from '../../../text/word.js';
import type { Privileges } from '../service-spec.js';
import { ruleOf } from './rules.js';
import { readPrivileges } from './security.js';

/** A service that means the same as a `docker run`. */
export interface ServiceOfRun {
  /** Flags of `docker service create`, each with the place of the word that it comes from. */
  flags: Word[];
  /**
   * What `--security-opt` asks for, of which `docker service create` has no flag: an option of `parseService`. Engines
   * before API 1.46 drop it in silence, so their nodes must not run this service.
   */
  privileges?: Privileges;
}

/**
 * Says flags of `docker run` as flags of `docker service create`: some have other names there, some are mounts, limits or
 * ports of each node. Nothing is left out in silence.
 *
 * A service has no `--restart` of its own here unless one is given: the swarm then starts again whatever ends.
 *
 * @throws {FlagError} `UNSUPPORTED_FLAG` with the flag and its place for what a service cannot have; `BAD_VALUE` and the
 *   like, as `parseRun`, for what a `docker run` cannot have
 */
export function serviceOfRun(
  runFlags: readonly (string | Word)[],
  options: Partial<Omit<Host, 'proxies'>> = {},
): ServiceOfRun {
  const { flags, operands } = parseFlags(runSyntax, runFlags);
  if (operands[0]) {
    const sentence = `"${operands[0].text}" is no flag: flags begin with a dash`;
    throw new FlagError('UNEXPECTED_WORD', sentence, operands[0]);
  }
  const host = hostOf(options);
  const given = [...flags.each()];
  const latest = new Map(given);
  const words = given.flatMap(([name, occurrence]) => {
    const isLast = latest.get(name) === occurrence;
    const said = ruleOf(name)({ ...occurrence, name, isLast, flags, host });
    return said.map((text): Word => ({ ...occurrence.word, text }));
  });
  const privileges = readPrivileges(flags, host);
  return { flags: words, ...(privileges && { privileges }) };
}
