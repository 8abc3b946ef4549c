import { readNetwork } from '../../flags/container/network.js';
import { shellQuote } from '../../text/command-line.js';
import { isRecord } from '../../text/record.js';
import { essenceOf } from '../essence.js';
import type { ServiceSpec } from '../flags/service-spec.js';
import { LISTS, SINGLE } from './update-table.js';

export interface Change {
  /** The service as the swarm has it. */
  stored: Readonly<Record<string, unknown>>;
  wanted: ServiceSpec;
  /** The words of `docker service create` that make what is wanted. */
  words: readonly string[];
  /** The ID of a network. */
  network: (name: string) => string | undefined;
}

/** The flags of `docker service update` that make of a service what is wanted. */
export function updateFlags(change: Change): string[] {
  return [...singleFlags(change), ...argsFlag(change), ...listFlags(change), ...networkFlags(change)];
}

/** Flags that have the same name and value as those that create, or that say what would be without them. */
function singleFlags({ stored, wanted, words }: Change): string[] {
  const all = Object.entries(SINGLE).flatMap(([name, { path, none, first }]) => {
    if (isAlike(at(stored, path), at(wanted, path))) return [];
    const said = valuesOf(words, name);
    if (said.length > 0)
      return [...(first === undefined ? [] : [first]), ...said].map((value) => `--${name}=${value}`);
    return none === undefined || isSaidElsewhere(path, words) ? [] : [`--${name}=${none}`];
  });
  const image = wanted.TaskTemplate.ContainerSpec.Image ?? '';
  const isSame = at(stored, 'TaskTemplate.ContainerSpec.Image') === image;
  return isSame ? all : [`--image=${image}`, ...all];
}

/** Whether another flag of the same value is among the words. */
function isSaidElsewhere(path: string, words: readonly string[]): boolean {
  return Object.entries(SINGLE).some(
    ([name, single]) => single.path === path && valuesOf(words, name).length > 0,
  );
}

function argsFlag({ stored, wanted }: Change): string[] {
  const path = 'TaskTemplate.ContainerSpec.Args';
  if (isAlike(at(stored, path), at(wanted, path))) return [];
  const { Args: args = [] } = wanted.TaskTemplate.ContainerSpec;
  return [`--args=${args.map(shellQuote).join(' ')}`];
}

function listFlags({ stored, wanted, words }: Change): string[] {
  return Object.entries(LISTS).flatMap(([name, { path, keysOf, once }]) => {
    const [before, now] = [at(stored, path), at(wanted, path)];
    if (isAlike(before, now)) return [];
    const [had, kept] = [keysOf(before), new Set(keysOf(now))];
    const gone = had.filter((key) => !kept.has(key));
    const said = valuesOf(words, name).filter((value) => !once || !had.includes(value));
    const given = name === 'env' ? [...said, ...ofFiles(said, keysOf(now))] : said;
    return [
      ...gone.flatMap((key) => [`--${name}-rm`, key]),
      ...given.map((value) => `--${name}-add=${value}`),
    ];
  });
}

/** Variables of files, of which a line shows no value. */
function ofFiles(said: readonly string[], names: readonly string[]): string[] {
  const shown = new Set(said.map((variable) => variable.split('=', 1)[0]));
  return names.filter((name) => !shown.has(name)).map((name) => `${name}=***`);
}

function networkFlags({ stored, wanted, words, network }: Change): string[] {
  const idsIn = (value: unknown) => list(value).map((one) => String(at(one, 'Target')));
  const path = 'TaskTemplate.Networks';
  const [before, now] = [idsIn(at(stored, path)), idsIn(at(wanted, path))];
  const added = valuesOf(words, 'network').filter((text) => {
    const id = network(readNetwork(text).target);
    return id !== undefined && !before.includes(id);
  });
  return [
    ...before.filter((id) => !now.includes(id)).map((id) => `--network-rm=${id}`),
    ...added.map((text) => `--network-add=${text}`),
  ];
}

function valuesOf(words: readonly string[], name: string): string[] {
  const start = `--${name}=`;
  return words.flatMap((word) => (word.startsWith(start) ? [word.slice(start.length)] : []));
}

/** @param path names with points between them */
function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (part, name) => (isRecord(part) && Object.hasOwn(part, name) ? part[name] : undefined),
      value,
    );
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isAlike(one: unknown, other: unknown): boolean {
  return essenceOf(one) === essenceOf(other);
}
