import { writeSync } from 'node:fs';
import { codeOf } from '../../lib/text/thrown.js';
import { UserError } from '../../lib/text/user-error.js';
import { inputOf } from './inputs.js';
import type { Parser } from './parser.js';
import { areas } from './parsers.js';

/** What the process that reads is asked for, as its argument. */
export interface Job {
  area: string;
  /** One parser alone. */
  only?: string;
  /** The first input of each. */
  first: number;
  /** Milliseconds after which no more are read; one input where it is 0. */
  milliseconds: number;
}

/** What it tells, in lines of JSON on a pipe of its own. */
export type Told =
  | { at: [parser: string, number: number] }
  | { failed: { parser: string; number: number; input: string; why: string } }
  | { count: number };

/** Milliseconds of the processor, whoever else is at work on it. */
const LONGEST = 3000;

/** What a terminal obeys: of lines from outside only line feeds and tabs may be left. */
const RAW = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

const { area, only, first, milliseconds } = JSON.parse(process.argv[2] ?? '') as Job;
const ends = Date.now() + milliseconds;
let parsers = (areas[area] ?? []).filter(({ name }) => (only ?? name) === name);
let count = 0;
for (let number = first; number === first || Date.now() < ends; number++) {
  for (const parser of parsers) {
    const { name } = parser;
    tell({ at: [name, number] });
    const input = inputOf(parser, number);
    const used = process.cpuUsage();
    const fault = await faultOf(parser, input);
    const { user, system } = process.cpuUsage(used);
    const spent = (user + system) / 1000;
    const why = fault ?? (spent > LONGEST ? `it takes ${spent} ms` : undefined);
    count++;
    if (why === undefined) continue;
    parsers = parsers.filter((other) => other !== parser);
    const shown = `${input.length} bytes: ${JSON.stringify(input.toString('latin1', 0, 300))}`;
    tell({ failed: { parser: name, number, input: shown, why } });
  }
}
tell({ count });
process.exit();

/** At once: whoever listens has to know of it where a parser does not come back. */
function tell(told: Told): void {
  let rest = Buffer.from(`${JSON.stringify(told)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(3, rest));
    } catch (error) {
      // Who listens has not kept pace.
      if (codeOf(error) !== 'EAGAIN') throw error;
    }
  }
}

async function faultOf({ parse, fails = [] }: Parser, input: Buffer): Promise<string | undefined> {
  try {
    const shown = (await parse(input)) ?? [];
    const raw = shown.find((text) => RAW.test(text ?? ''));
    return raw && `it would show ${JSON.stringify(raw).slice(0, 500)}`;
  } catch (error) {
    if (error instanceof UserError)
      return RAW.test(error.message) ? `it would say ${JSON.stringify(error.message)}` : undefined;
    const isBug = error instanceof TypeError || error instanceof RangeError;
    if (!isBug && fails.some((kind) => error instanceof kind)) return undefined;
    return error instanceof Error ? error.stack : String(error);
  }
}
