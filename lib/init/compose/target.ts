import { posix } from 'node:path';
import type { KeyName } from '../../project/keys/keys.js';
import { CONTROLS } from '../../text/printable.js';
import { isRecord } from '../../text/record.js';
import { toLiteral, toReplacements, type Variables } from './interpolation.js';
import { NotCarried } from './not-carried.js';
import type { Path } from './source.js';
import { listOf, scalar } from './values.js';

/** A section of run.cfg that is being written: words by key, in groups that stand on one line. */
export interface Section {
  name: string;
  keys: Map<KeyName, (readonly string[])[]>;
}

/** What the converters of a compose file share. */
export interface Conversion {
  variables: Variables;
  /** Folder of the compose file, relative to the project root, with forward slashes; `.` is the root itself. */
  folder: string;
  /** Collects what is to be said of what stands at a path. */
  tell: (path: Path, message: string) => void;
  /** Absolute path of the project. */
  root: string;
  /** Names of the services that become sections. */
  carried: Set<string>;
  /** Words for files of secrets and of variables, which belong into no image. */
  confidential: Set<string>;
  /** The whole file. */
  file: Readonly<Record<string, unknown>>;
  /** The project's name as compose has it, which volumes begin with. */
  project: string;
}

/** One place of a compose file, and the section that it becomes a part of. */
export class Target {
  constructor(
    readonly conversion: Conversion,
    readonly section: Section,
    readonly path: Path,
  ) {}

  at(...keys: Path): Target {
    return new Target(this.conversion, this.section, [...this.path, ...keys]);
  }

  /** Adds words to a key. */
  add(key: KeyName, ...words: string[]): void {
    const groups = this.section.keys.get(key) ?? [];
    this.section.keys.set(key, [...groups, words]);
  }

  /** Adds a flag of `docker run`, whose value is a text of the compose file. */
  flag(name: string, value: unknown, key: KeyName = 'args'): void {
    this.add(key, `--${name}`, this.word(value));
  }

  /** A scalar in the words of run.cfg. */
  word(value: unknown): string {
    const text = scalar(value);
    checkLine(text);
    return toReplacements(text, this.conversion.variables, (note) => this.told(note));
  }

  /** A scalar for `cmd=`, where nothing is replaced. */
  literal(value: unknown): string {
    return toLiteral(scalar(value), (note) => this.told(note));
  }

  /** A path of the host, which is relative to the compose file, as run.cfg has it. */
  hostPath(word: string): string {
    if (word.startsWith('/') || word.startsWith('$')) return word;
    if (word === '~' || word.startsWith('~/')) return `{home}${word.slice(1)}`;
    const path = posix.join(this.conversion.folder, word);
    return path === '.' ? '{project_root}' : `{project_root}/${path.replace(/\/$/, '')}`;
  }

  /** What the file says at its top of something that services name. */
  definition(
    kind: 'networks' | 'volumes' | 'secrets' | 'configs',
    name: string,
  ): Record<string, unknown> | undefined {
    const all = this.conversion.file[kind];
    const found = isRecord(all) ? all[name] : undefined;
    return isRecord(found) ? found : undefined;
  }

  told(message: string): void {
    this.conversion.tell(this.path, message);
  }

  /** Does something, or tells why there is no counterpart. */
  attempt(convert: (target: Target) => void): void {
    try {
      convert(this);
    } catch (error) {
      if (!(error instanceof NotCarried)) throw error;
      this.conversion.tell(error.path ?? this.path, error.message);
    }
  }

  /** Does something with each item of a list, or with the one thing that stands for a list. */
  each(value: unknown, convert: (item: unknown, target: Target) => void): void {
    listOf(value).forEach((item, index) => {
      const target = Array.isArray(value) ? this.at(index) : this;
      target.attempt(() => convert(item, target));
    });
  }
}

function checkLine(text: string): void {
  if (text.includes('\n')) throw new NotCarried('has several lines, and a word of run.cfg has one');
  if (text.search(CONTROLS) >= 0) throw new NotCarried('has control characters');
}
