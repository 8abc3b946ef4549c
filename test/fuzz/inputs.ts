import { beginRandom, randomBytes, randomWhole } from '../seed.js';
import type { Parser } from './parser.js';

const LONGEST = 100_000;

/** What parsers stumble over. */
const PIECES = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'null',
    'true',
    '{}',
    '[]',
    '""',
    '-1',
    '0',
    '1e999',
  ],
  ...[
    '99999999999999999999',
    '0x10',
    'NaN',
    '1.5',
    '\0',
    '\n',
    '\r',
    '\r\n',
    '\t',
    ' ',
    '\v',
    '\u0085',
    '\ufeff',
    '\u202e',
  ],
  ...[
    '\x1b]52;c;AA==\x07',
    '\x9b31m',
    '\x1b[2J',
    '\x7f',
    '\ud800',
    '😀',
    'ß',
    'İ',
    '"',
    "'",
    '\\',
    '`',
    '$',
    '${',
    '}',
    '{{',
  ],
  ...[
    '${A:-',
    '%(',
    ')s',
    '%',
    '%zz',
    '#',
    ';',
    ',',
    '=',
    ':',
    '::',
    '/',
    '//',
    '../',
    '/..',
    '@',
    '@@',
    '!',
    '*',
    '**',
    '?',
  ],
  ...[
    '[',
    ']',
    '[a-',
    '(',
    ')',
    '<',
    '<<',
    '|',
    '&',
    '+',
    '-',
    '--',
    '--=',
    '.',
    '..',
    '~',
    '^',
    '://',
    'sha256:',
    'tag: ',
  ],
];

const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, 2 ** 53, '', 'x', '\x1b[31m', [], [null], {}, { a: null }, [[]]],
  JSON.parse('{"__proto__": 1}'),
];

/**
 * An input of a parser: a sample that was damaged, a piece of it many times over, something nested deeply, or no sample at
 * all. It follows from the seed, the parser and the number alone.
 */
export function inputOf(parser: Parser, number: number): Buffer {
  beginRandom(`${parser.name} ${number}`);
  const longest = parser.longest ?? LONGEST;
  const kind = randomWhole(0, 20);
  if (number < parser.samples.length) return Buffer.from(parser.samples[number] ?? '');
  if (kind < 9) return damaged(parser);
  if (kind < 12) return otherDocument(parser);
  if (kind < 16) return repeated(parser, longest);
  if (kind < 18) return nested(parser, longest);
  return randomBytes(randomWhole(0, Math.min(2000, longest)));
}

function oneOf<T>(list: readonly T[]): T | undefined {
  return list[randomWhole(0, list.length)];
}

function sampleOf({ samples }: Parser): Buffer {
  return Buffer.from(oneOf(samples) ?? '');
}

function damaged(parser: Parser): Buffer {
  let input = sampleOf(parser);
  for (let edits = randomWhole(1, 7); edits > 0; edits--) input = edited(input, parser);
  return input;
}

function edited(input: Buffer, parser: Parser): Buffer {
  const from = randomWhole(0, input.length + 1);
  const to = Math.min(input.length, from + randomWhole(0, 20));
  const [before, between, after] = [input.subarray(0, from), input.subarray(from, to), input.subarray(to)];
  switch (randomWhole(0, 6)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, between, between, after]);
    case 2:
      return Buffer.concat([before, randomBytes(randomWhole(1, 5)), after]);
    case 3: {
      const other = sampleOf(parser);
      return Buffer.concat([before, other.subarray(randomWhole(0, other.length + 1))]);
    }
    default:
      return Buffer.concat([before, Buffer.from(oneOf(PIECES) ?? ''), after]);
  }
}

/** A document of JSON in which one value is another; something damaged where the sample is none. */
function otherDocument(parser: Parser): Buffer {
  const sample = sampleOf(parser).toString();
  try {
    const lines = sample.trim().split('\n');
    const at = randomWhole(0, lines.length);
    return Buffer.from(
      lines.map((line, i) => (i === at ? JSON.stringify(otherIn(JSON.parse(line))) : line)).join('\n'),
    );
  } catch {
    return damaged(parser);
  }
}

function otherIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || randomWhole(0, 4) === 0) return oneOf(VALUES);
  if (Array.isArray(value)) {
    const at = randomWhole(0, value.length + 1);
    return [...value.slice(0, at), otherIn(value[at]), ...value.slice(at + 1)];
  }
  const key = oneOf(Object.keys(value)) ?? '__proto__';
  return { ...value, [key]: otherIn((value as Record<string, unknown>)[key]) };
}

function repeated(parser: Parser, longest: number): Buffer {
  const sample = sampleOf(parser);
  const at = randomWhole(0, sample.length + 1);
  const own = sample.subarray(at, at + randomWhole(1, 12));
  const pieces = [own, ...Array.from({ length: 2 }, () => Buffer.from(oneOf(PIECES) ?? ''))];
  const piece = Buffer.concat(pieces.filter((_, i) => randomWhole(0, 2) === 0 || i === 1));
  const times = randomWhole(1, Math.max(2, Math.floor(longest / Math.max(1, piece.length))));
  return Buffer.concat([sample.subarray(0, at), ...Array<Buffer>(times).fill(piece), sample.subarray(at)]);
}

const NESTED = [
  ['[', ']'],
  ['{"a":', '}'],
  ['(', ')'],
  ['{', '}'],
  ['${A:-', '}'],
  ['"${A:+', '}"'],
  ['<', '>'],
  ['a=[', ']'],
  ['ONBUILD ', ''],
  ['x.', 'y'],
] as const;

function nested(parser: Parser, longest: number): Buffer {
  const sample = sampleOf(parser);
  const at = randomWhole(0, sample.length + 1);
  const [open, close] = oneOf(NESTED) ?? NESTED[0];
  const deep = randomWhole(1, Math.floor(longest / (open.length + close.length + 1)));
  const middle = Buffer.from(open.repeat(deep) + (randomWhole(0, 3) === 0 ? '' : close.repeat(deep)));
  return Buffer.concat([sample.subarray(0, at), middle, sample.subarray(at)]);
}
