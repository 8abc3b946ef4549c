import { didYouMean } from '../text/did-you-mean.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ReplacementValues {
  /** Values of `{word}`, by word. */
  words: ReadonlyMap<string, string>;
  /** Values of `$NAME`. */
  env: Environment;
  /** Words that somebody else fills in later: they stay. */
  later?: readonly string[];
}

/** A `{word}` or `$NAME` without a value; the message is a sentence without a place. */
export class ReplacementError extends Error {}

const PATTERN = new RegExp(
  [
    String.raw`\$(?<dollar>\$(?:\{\w+\})?)`,
    String.raw`(?<template>\{\{[^]*?\}\})`,
    String.raw`\$\{(?<braced>[A-Za-z_]\w*)\}`,
    String.raw`(?<expansion>\$\{[A-Za-z_]\w*[-:=?+%#/^,@][^}]*\})`,
    String.raw`\$(?<name>[A-Za-z_]\w*)`,
    String.raw`\{(?<word>[A-Za-z][\w-]*)\}`,
  ].join('|'),
  'g',
);

/**
 * Replaces `{word}`, `$NAME` and `${NAME}`, and `$$` by a plain `$`, in one shell word. What is put in is not looked at
 * again. JSON and Go templates (`{{…}}`) stay as they are.
 *
 * @throws {ReplacementError} for an unknown `{word}`, an unset `$NAME`, or a shell expansion such as
 *   `${NAME:-default}`.
 */
export function replaceIn(text: string, { words, env, later = [] }: ReplacementValues): string {
  return text.replace(PATTERN, (match, ...rest) => {
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
  });
}

/** Fills in words that `describeImage` left standing, such as `{version}`; every other brace stays. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /\{\{[^]*?\}\}|\{([A-Za-z][\w-]*)\}/g,
    (match, word?: string) =>
      (word !== undefined && Object.hasOwn(values, word) ? values[word] : undefined) ?? match,
  );
}
