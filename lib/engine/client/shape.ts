/**
 * What an answer has to look like, as a function that takes a value for it, or throws {@link WrongShape}. Only what a
 * shape names is taken over, so nothing that was not looked at goes further.
 *
 * @param at the place of the value within the answer, such as `Config.Labels`
 */
export type Shape<T> = (value: unknown, at?: string) => T;

/** The type of the values that a shape lets through. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

/** An answer is not what was asked for; the message says where, and what is there. */
export class WrongShape extends Error {
  /**
   * @param expectation what is expected at that place, for messages that must not repeat the value itself (a
   *   secret, maybe)
   */
  constructor(
    message: string,
    readonly expectation: string,
  ) {
    super(message);
  }
}

export const text: Shape<string> = (value, at) => {
  if (typeof value !== 'string') throw wrong(at, value, 'text');
  return value;
};

export const number: Shape<number> = (value, at) => {
  if (typeof value !== 'number') throw wrong(at, value, 'a number');
  return value;
};

export const flag: Shape<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw wrong(at, value, 'true or false');
  return value;
};

/** Accepts any value; the caller checks it. */
export const anything: Shape<unknown> = (value) => value;

/** Accepts text that matches a pattern. */
export function matching(pattern: RegExp, meaning: string): Shape<string> {
  return (value, at) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw wrong(at, value, meaning);
    return value;
  };
}

/** Accepts what a type guard accepts. */
export function guarded<T>(guard: (value: unknown) => value is T, meaning: string): Shape<T> {
  return (value, at) => {
    if (!guard(value)) throw wrong(at, value, meaning);
    return value;
  };
}

/** A value that may be absent: Go writes `null` for a list or map without entries, or leaves it out. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, at) => (value === undefined || value === null ? undefined : shape(value, at));
}

/** Accepts a value of the given shape; any other becomes undefined instead of an error. */
export function known<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, at) => {
    try {
      return shape(value, at);
    } catch {
      return undefined;
    }
  };
}

export function list<T>(of: Shape<T>): Shape<T[]> {
  return (value, at = '') => {
    if (!Array.isArray(value)) throw wrong(at, value, 'a list');
    return value.map((item: unknown, index) => of(item, `${at}[${index}]`));
  };
}

export function pair<A, B>(first: Shape<A>, second: Shape<B>): Shape<[A, B]> {
  return (value, at = '') => {
    if (!Array.isArray(value)) throw wrong(at, value, 'a pair');
    return [first(value[0], `${at}[0]`), second(value[1], `${at}[1]`)];
  };
}

/** A map from text to values of one kind. It has no prototype: its keys are whatever the engine likes. */
export function mapOf<T>(of: Shape<T>): Shape<Record<string, T>> {
  return (value, at) => {
    const map = Object.create(null) as Record<string, T>;
    for (const [key, entry] of Object.entries(record(value, at))) map[key] = of(entry, join(at, key));
    return map;
  };
}

export function object<Fields extends Record<string, Shape<unknown>>>(
  fields: Fields,
): Shape<{ [Name in keyof Fields]: Shaped<Fields[Name]> }> {
  const entries = Object.entries(fields);
  return (value, at) => {
    const from = record(value, at);
    const taken = entries.map(([name, shape]) => [name, shape(from[name], join(at, name))]);
    return Object.fromEntries(taken) as { [Name in keyof Fields]: Shaped<Fields[Name]> };
  };
}

function record(value: unknown, at: string | undefined): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(at, value, 'an object');
  }
  return value as Record<string, unknown>;
}

function join(at: string | undefined, name: string): string {
  return at ? `${at}.${name}` : name;
}

function wrong(at: string | undefined, value: unknown, meaning: string): WrongShape {
  const found = value === undefined ? 'missing' : shown(value);
  const place = at || 'it';
  return new WrongShape(`${place} is ${found}, not ${meaning}`, `${place} is not ${meaning}`);
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? typeof value;
  return json.length <= 40 ? json : `${json.slice(0, 40)}…`;
}
