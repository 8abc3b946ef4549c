import { stripVTControlCharacters } from 'node:util';
import { colouredLine } from './text.js';

/** Colours and signs of the screen; every function returns its text unchanged where there are no colours. */
export interface Palette {
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
  /** For a line from somewhere else: of all that a terminal would obey its colours stay, where there are any here. */
  foreign: Paint;
  signs: Signs;
}

type Paint = (text: string) => string;

export interface Signs {
  done: string;
  failed: string;
  start: string;
  ellipsis: string;
  separator: string;
  full: string;
  empty: string;
  /** Less than one that is full, and not nothing. */
  sliver: string;
  spinner: readonly string[];
}

const UNICODE: Signs = {
  done: '✔',
  failed: '✖',
  start: '▸',
  ellipsis: '…',
  separator: '│',
  full: '█',
  empty: '░',
  sliver: '▏',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const ASCII: Signs = {
  done: '+',
  failed: 'x',
  start: '>',
  ellipsis: '...',
  separator: '|',
  full: '#',
  empty: '.',
  sliver: '|',
  spinner: ['|', '/', '-', '\\'],
};

/** @param isTerminal whether the stream that is written to is a terminal. */
export function choosePalette(env: NodeJS.ProcessEnv, isTerminal: boolean): Palette {
  const colour = hasColours(env, isTerminal);
  const paint =
    (open: number, close: number): Paint =>
    (text) =>
      colour ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
    foreign: (text) => (colour ? colouredLine(text) : stripVTControlCharacters(colouredLine(text))),
    signs: speaksUnicode(env) ? UNICODE : ASCII,
  };
}

/** FORCE_COLOR (`0` and `false`: none) counts before NO_COLOR, which counts before what the stream is. */
function hasColours(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR) return false;
  return isTerminal && env.TERM !== 'dumb';
}

function speaksUnicode(env: NodeJS.ProcessEnv): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return process.platform === 'win32' || /utf-?8/i.test(locale);
}
