import { maskSecrets } from '../lib/text/secrets.js';

/** One option of a kind of task, which is a flag on the command line: the only place that says so. */
export interface Flag {
  /**
   * - `list`: may be given several times; in a gulpfile one string or several
   * - `hosts`: a list of which commas and blanks separate the entries too, as in run.cfg's `host`
   * - `variables`: a list of `NAME=value`, in a gulpfile an object too
   * - `object`: in a gulpfile alone
   */
  type: 'boolean' | 'string' | 'list' | 'hosts' | 'variables' | 'object';
  description: string;
  /** What stands for its value in a description of the flag. */
  value?: string;
  /** Left out of `gulp --tasks`, which has little room. */
  unlisted?: boolean;
  /** Its name on the command line, where that is not the option's in kebab case. */
  name?: string;
  /** Its letter, for the original commands. */
  short?: string;
  /** How else it is spelled in the original commands. */
  spellings?: readonly string[];
  /** What people write who mean it: names of run.cfg and of docker. */
  alike?: readonly string[];
  /** Kinds of task that take the flag alone where they are part of the same run. */
  yieldsTo?: readonly string[];
}

/** The flags of one kind of task, by the name of the option that they set: `noCache` is `--no-cache`. */
export type FlagTable<Options> = { readonly [Name in keyof Required<Options>]: Flag };
export type AnyFlagTable = Readonly<Record<string, Flag>>;

/** One string, or several. */
export type OneOrMore = string | readonly string[];
/** `NAME=value`, or `NAME` alone for the value it has here: one, several, or an object. */
export type Variables = OneOrMore | Readonly<Record<string, string | number | boolean>>;

/** The options of a kind of task, checked and in one form. */
export type Chosen<Options> = {
  [Name in keyof Options]: NonNullable<Options[Name]> extends string | boolean
    ? Options[Name]
    : string[] | undefined;
};

/** Flag of every task that may connect to a host for the first time. */
export const ACCEPT_NEW: Flag = {
  type: 'boolean',
  description: 'trust and remember hosts whose keys are not known yet',
};

/** `--no-delta`, of every task that sends an image. */
export const NO_DELTA: Flag = {
  type: 'boolean',
  description: 'send layers whole, even where most of their files are there',
};

/** `--direct`, of every task that may send an image to several hosts. */
export const DIRECT: Flag = {
  type: 'boolean',
  description: 'send each host its own copy from here, none by way of another',
};

/** `--tag`, of every task for an image of the project. */
export const TAG: Flag = {
  type: 'string',
  short: 't',
  value: 'TAG',
  description: "tag of the image, instead of the user's name",
};

/** `--host`, of every task that does its work on one engine. */
export const ENGINE_HOST: Flag = {
  type: 'string',
  value: 'HOST',
  description: 'the engine: [user@]host[:port], an address or a docker context',
};

/** `--dry-run`, of every task. */
export const DRY_RUN: Flag = {
  type: 'boolean',
  description: 'print the docker commands and do nothing',
  alike: ['n', 'simulate', 'just-print'],
};

const described = new WeakMap<AnyFlagTable, Record<string, string>>();

/** `{ '--no-cache': 'build every step again' }`: what `gulp --tasks` shows under a task. */
export function describeFlags(table: AnyFlagTable): Record<string, string> {
  const known = described.get(table);
  if (known) return known;
  const listed = Object.entries(table).filter(([, { unlisted }]) => !unlisted);
  const texts = Object.fromEntries(
    listed.map(([option, flag]) => [`--${flagName(option, flag)}`, flag.description]),
  );
  described.set(table, texts);
  return texts;
}

/** `no-cache` of the option `noCache`. */
export function flagName(option: string, { name }: Flag): string {
  return name ?? option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Entries of a list of hosts, in which commas and blanks separate too. */
export function splitHosts(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(/[\s,]+/).filter((host) => host !== ''));
}

/** A word of a user as a message shows it: without secrets, and with nothing that moves a cursor. */
export function shown(word: string): string {
  const masked = maskSecrets(word);
  return /^[\w@%+=:,./*-]+$/.test(masked) ? masked : JSON.stringify(masked);
}
