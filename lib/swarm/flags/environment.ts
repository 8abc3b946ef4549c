import type { Host } from '../../flags/container/host.js';
import { readKeyValueFiles } from '../../flags/container/key-value-file.js';
import { cut } from '../../flags/key-value.js';
import type { ServiceFlags } from './service-flags.js';

/** Variables of files first. A variable takes the place behind the others where it is given again with another value. */
export function readEnvironment(flags: ServiceFlags, host: Host): string[] {
  const fromFiles = readKeyValueFiles(flags.all('env-file'), host, (name) => host.environment[name]);
  const given = flags.values('env').map((text) => withValue(text, host));
  return withoutOverridden([...fromFiles, ...given]);
}

/** A bare NAME with its value in the environment; where it has none, it stays bare. */
export function withValue(text: string, host: Host): string {
  const value = text.includes('=') ? undefined : host.environment[text];
  return value === undefined ? text : `${text}=${value}`;
}

function withoutOverridden(variables: readonly string[]): string[] {
  const kept = new Set<number>();
  const places = new Map<string, number[]>();
  for (const [index, variable] of variables.entries()) {
    const [name, value] = cut(variable, '=');
    const before = places.get(name) ?? [];
    const isSame = before[0] !== undefined && variables[before[0]] === variable;
    if (!isSame) for (const place of before.splice(0)) kept.delete(place);
    if (value !== undefined) before.push(index);
    places.set(name, before);
    kept.add(index);
  }
  return variables.filter((_, index) => kept.has(index));
}
