import { didYouMean } from '../../text/did-you-mean.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ReplacementValues {
  /** Values of `{word}`, by word. */
  words: ReadonlyMap<string, string>;
  /** Values of `$NAME`. */
  env: Environment;
  /** Placeholders that are left in place here, because a later step replaces them. */
  later?: readonly string[];
}

/** A `{word}` or `$NAME` without a value; the message is a sentence without a place. */
export class ReplacementError extends Error {}

const DOLLAR = String.raw`\$(?<dollar>\$(?:\{\w+\})?)`;
const TEMPLATE = String.raw`(?<template>\{\{[^]*?\}\})`;
const BRACED = String.raw`\$\{(?<braced>[A-Za-z_]\w*)\}`;
const EXPANSION = String.raw`(?<expansion>\$\{[A-Za-z_]\w*[-:=?+%#/^,@][^}]*\})`;
const NAME = String.raw`\$(?<name>[A-Za-z_]\w*)`;
const WORD = String.raw`\{(?<word>[A-Za-z][\w-]*)\}`;
const either = (...parts: string[]) => new RegExp(parts.join('|'), 'g');

/**
 * What can stand in a text up to its last `}}`, up to its last `}`, and behind that: an end that does not come is not
 * looked for from each beginning.
 */
const PATTERNS = [
  ['}}', either(DOLLAR, TEMPLATE, BRACED, EXPANSION, NAME, WORD)],
  ['}', either(DOLLAR, BRACED, EXPANSION, NAME, WORD)],
  ['', either(DOLLAR, NAME)],
] as const;

/**
 * Replaces `{word}`, `$NAME` and `${NAME}`, and `$$` by a plain `$`, in one shell word. What is put in is not looked at
 * again. JSON and Go templates (`{{…}}`) stay as they are.
 *
 * @throws {ReplacementError} for an unknown `{word}`, an unset `$NAME`, or a shell expansion such as
 *   `${NAME:-default}`.
 */
export function replaceIn(text: string, { words, env, later = [] }: ReplacementValues): string {
  const replaced = (match: string, ...rest: unknown[]) => {
    const {
      dollar,
      template,
      expansion,
      braced,
      name = braced,
      word = '',
    } = rest.at(-1) as Partial<Record<string, string>>;
    if (dollar !== undefined) return dollar;
    if (template !== undefined) return match;
    if (expansion !== undefined) {
      throw new ReplacementError(
        `${expansion} is a shell expansion; only $NAME and \${NAME} are replaced (write $$ for a plain $)`,
      );
    }
    if (name !== undefined) {
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (value !== undefined) return value;
      throw new ReplacementError(`$${name} is not set in the environment (write $$ for a plain $)`);
    }
    if (later.includes(word)) return match;
    const value = words.get(word);
    if (value !== undefined) return value;
    const known = [...words.keys(), ...later];
    const list = known.map((one) => `{${one}}`).join(' ');
    throw new ReplacementError(`${match} is unknown${didYouMean(word, known)}; known are ${list}`);
  };
  let from = 0;
  return PATTERNS.map(([last, pattern]) => {
    const end = text.lastIndexOf(last);
    const part = text.slice(from, Math.max(from, end < 0 ? 0 : end + last.length));
    from += part.length;
    return part.replace(pattern, replaced);
  }).join('');
}

/** Fills in words that `describeImage` left standing, such as `{version}`; every other brace stays. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  const filled = (match: string, word?: string) =>
    (word !== undefined && Object.hasOwn(values, word) ? values[word] : undefined) ?? match;
  // Behind the last `}}` no template ends: each `{{` there would have the rest searched for its end.
  const last = text.lastIndexOf('}}');
  const end = last < 0 ? 0 : last + 2;
  // eslint-disable-next-line regexp/no-super-linear-move -- The end of the last template ends what is searched.
  const front = text.slice(0, end).replace(/\{\{[^]*?\}\}|\{([A-Za-z][\w-]*)\}/g, filled);
  return front + text.slice(end).replace(/\{([A-Za-z][\w-]*)\}/g, filled);
}
