import { isDeepStrictEqual } from 'node:util';

/** What the docker CLI made of one line: the difference of its request to that of a plain `docker run img`, or its refusal. */
export interface Answer {
  words: string[];
  api?: string;
  configured?: true;
  /** What differs in the body; a field that is gone is `<absent>`. */
  body?: unknown;
  query?: Record<string, string | string[]>;
  /** Exit status of the CLI where it refused, and the first line of what it said. */
  exit?: number;
  says?: string;
}

export interface Recording {
  /** Version of the docker CLI that answered. */
  cli: string;
  /** The whole body of `docker run img`, by API version. */
  baselines: Record<string, unknown>;
  answers: Answer[];
}

type Json = Record<string, unknown>;

/** What is different in `body`; lists whose order the CLI leaves to chance are sorted. */
export function difference(baseline: unknown, body: unknown): unknown {
  return objectDifference(sorted(baseline as Json), sorted(body as Json));
}

function sorted(body: Json): Json {
  const { Env, HostConfig, ...rest } = structuredClone(body) as Json & { HostConfig: Json };
  const sort = (list: unknown) => (Array.isArray(list) ? (list as string[]).toSorted() : list);
  return { ...rest, Env: sort(Env), HostConfig: { ...HostConfig, Binds: sort(HostConfig.Binds) } };
}

function objectDifference(baseline: Json, given: Json): Json {
  const different: [string, unknown][] = [];
  for (const key of new Set([...Object.keys(baseline), ...Object.keys(given)])) {
    const [before, now] = [baseline[key], given[key]];
    if (isDeepStrictEqual(before, now)) continue;
    if (key === 'EndpointsConfig') different.push([key, endpoints(before as Json, now as Json)]);
    else if (key === 'HostConfig' || key === 'NetworkingConfig')
      different.push([key, objectDifference(before as Json, now as Json)]);
    else different.push([key, Object.hasOwn(given, key) ? now : '<absent>']);
  }
  return Object.fromEntries(different);
}

/** Every endpoint by what it has beyond the plain one. */
function endpoints(baseline: Json, given: Json): Json {
  const plain = baseline.default as Json;
  return Object.fromEntries(
    Object.entries(given).map(([name, endpoint]) => [name, objectDifference(plain, endpoint as Json)]),
  );
}
