import { comparators } from '../comparators.js';

/**
 * Whether a range of versions, in npm's words (`>=18 <21`, `^20.3`, `20.x || 22`, `18 - 20`), allows the last release of a
 * major version, which is what a tag such as `node:20` is. A range that is not understood allows none.
 *
 * Source of the rules: the README of npm's semver, "Ranges".
 */
export function allowsMajor(range: string, major: number): boolean {
  return range.split('||').some((alternative) => {
    const words = comparators(hyphened(alternative));
    return words.every((word) => holds(word, [major, LAST, LAST]));
  });
}

const LAST = 9_999;

type Version = readonly number[];

/** `18 - 20` is two comparators. */
function hyphened(text: string): string {
  const words = text.split(/\s/).filter(Boolean);
  return words
    .map((word, at) => {
      if (word === '-') return '';
      if (words[at + 1] === '-') return `>=${word}`;
      return words[at - 1] === '-' ? `<=${word}` : word;
    })
    .join(' ');
}

function holds(word: string, version: Version): boolean {
  const [, operator = '', text] = /^([<>=~^]*)v?((?:\d+|[x*])(?:\.(?:\d+|[x*])){0,2})$/i.exec(word) ?? [];
  if (text === undefined) return false;
  const numbers = text.split('.').map(Number);
  const unknown = numbers.findIndex(Number.isNaN);
  const given = unknown < 0 ? numbers : numbers.slice(0, unknown);
  return OPERATORS[operator]?.(version, given) ?? false;
}

const OPERATORS: Readonly<Record<string, (version: Version, given: Version) => boolean>> = {
  '': begins,
  '=': begins,
  '>=': (version, given) => compare(version, given) >= 0,
  '>': (version, given) => compare(version, given) > 0 && !begins(version, given),
  '<': (version, given) => compare(version, given) < 0,
  '<=': (version, given) => compare(version, given) < 0 || begins(version, given),
  '~': (version, given) => compare(version, given) >= 0 && begins(version, given.slice(0, 2)),
  '~>': (version, given) => compare(version, given) >= 0 && begins(version, given.slice(0, 2)),
  '^': (version, given) => compare(version, given) >= 0 && begins(version, given.slice(0, 1)),
};

function begins(version: Version, given: Version): boolean {
  return given.every((number, at) => number === version[at]);
}

/** What is not given is 0. */
function compare(version: Version, given: Version): number {
  const differences = version.map((number, at) => number - (given[at] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
