import { isDeepStrictEqual } from 'node:util';

/** What the docker CLI made of one line: the difference of its request to that of a plain `docker service create img`, or its refusal. */
export interface Answer {
  words: string[];
  api?: string;
  /** What differs in the body, group by group; a field that is gone is `<absent>`. */
  body?: unknown;
  /** Exit status of the CLI where it refused, and the first line of what it said. */
  exit?: number;
  says?: string;
}

export interface Recording {
  /** Version of the docker CLI that answered. */
  cli: string;
  /** The whole body of `docker service create img`. */
  baseline: unknown;
  answers: Answer[];
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is different in `body`; lists whose order the CLI leaves to chance are sorted. */
export function difference(baseline: unknown, body: unknown): unknown {
  return objectDifference(sorted(baseline) as Json, sorted(body) as Json);
}

/** Go walks through maps in another order each time: through the ports of a range, among others. */
const BY_CHANCE = ['Ports', 'Secrets', 'Configs', 'GenericResources'];

function sorted(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const list = value.map((item) => sorted(item));
    return BY_CHANCE.includes(key)
      ? list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : list;
  }
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((name) => [name, sorted(value[name], name)]));
}

function objectDifference(baseline: Json, given: Json): Json {
  const different: [string, unknown][] = [];
  for (const key of new Set([...Object.keys(baseline), ...Object.keys(given)])) {
    const [before, now] = [baseline[key], given[key]];
    if (isDeepStrictEqual(before, now)) continue;
    if (isObject(before) && isObject(now)) different.push([key, objectDifference(before, now)]);
    else different.push([key, Object.hasOwn(given, key) ? now : '<absent>']);
  }
  return Object.fromEntries(different);
}
