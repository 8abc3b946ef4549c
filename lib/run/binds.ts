import { resolve } from 'node:path';
import { parseFlags } from '../flags/parse-flags.js';
import type { Word } from '../text/word.js';
import type { Mount } from './flags/create-container-body.js';
import { runSyntax } from './flags/run-flags.js';
import { readVolume } from './flags/volume.js';

/** A folder or file that a container would have of the machine on which its engine runs. */
export interface Bind {
  /** Absolute path. */
  source: string;
  /** Path in the container. */
  target: string;
  readOnly: boolean;
}

/** What takes the place of a bind: a volume of that name, nothing, or undefined where the bind stays. */
export type PlaceOfBind = (bind: Bind) => { volume: string } | 'nothing' | undefined;

interface Surroundings {
  /** What relative paths are relative to. */
  directory: string;
}

interface Found {
  bind: Bind;
  /** The word that the flag's value stands in, and the value. */
  word: Word;
  value: string;
  /** The flag's value with a volume in place of the bind. */
  withVolume: (name: string) => string;
}

/**
 * `docker run` flags with other things in the place of binds. The volumes take nothing over from the image.
 *
 * @throws {FlagError} `BAD_VALUE` and its like for words that `docker run` would not take
 */
export function replaceBinds(
  flags: readonly Word[],
  placeOf: PlaceOfBind | undefined,
  surroundings: Surroundings,
): { flags: readonly Word[]; replaced: readonly Bind[] } {
  if (!placeOf) return { flags, replaced: [] };
  const changed = new Map<Word, Word[]>();
  const replaced: Bind[] = [];
  for (const { bind, word, value, withVolume } of findBinds(flags, surroundings)) {
    const place = placeOf(bind);
    if (place === undefined) continue;
    replaced.push(bind);
    if (place === 'nothing') dropFlag(flags, word, value, changed);
    else changed.set(word, [{ ...word, text: withEnd(word.text, value, withVolume(place.volume)) }]);
  }
  return { flags: flags.flatMap((word) => changed.get(word) ?? [word]), replaced };
}

/** An engine that knows this machine's paths. */
const THIS_MACHINE = 'npipe:';

function findBinds(flags: readonly Word[], { directory }: Surroundings): Found[] {
  const { flags: given } = parseFlags(runSyntax, flags);
  const volumes = given.all('volume').flatMap(({ value, word }): Found[] => {
    // A path of this machine, wherever the engine is: what stays a bind is read again for that.
    const { source, bind } = readVolume(value, THIS_MACHINE);
    if (!bind) return [];
    const [target = '', options = ''] = value.slice(source.length + 1).split(':');
    const readOnly = options.split(',').includes('ro');
    const mode = readOnly ? 'nocopy,ro' : 'nocopy';
    const withVolume = (name: string) => `${name}:${target}:${mode}`;
    return [{ bind: { source: resolve(directory, source), target, readOnly }, word, value, withVolume }];
  });
  const mounts = given.all('mount').flatMap(({ value: mount, word }): Found[] => {
    const { Type, Source, Target, ReadOnly = false } = mount;
    if (Type !== 'bind' || Source === undefined || Target === undefined) return [];
    const value = word.text.replace(/^--mount=/, '');
    const bind = { source: resolve(directory, Source), target: Target, readOnly: ReadOnly };
    return [{ bind, word, value, withVolume: (name) => volumeMount(name, mount) }];
  });
  return [...volumes, ...mounts];
}

function volumeMount(name: string, { Target = '', ReadOnly }: Mount): string {
  const target = /[",]/.test(Target) ? `"dst=${Target.replaceAll('"', '""')}"` : `dst=${Target}`;
  return `type=volume,src=${name},${target},volume-nocopy${ReadOnly ? ',readonly' : ''}`;
}

/** The value may stand behind its flag in one word: `-v/here:/there`, `--volume=…`. */
function withEnd(text: string, end: string, replacement: string): string {
  return text.slice(0, text.length - end.length) + replacement;
}

/** Takes a flag away: the word of its value, and the word before it where that is the flag itself. */
function dropFlag(flags: readonly Word[], word: Word, value: string, changed: Map<Word, Word[]>): void {
  const before = flags[flags.indexOf(word) - 1];
  if (word.text !== value) changed.set(word, othersOfBundle(word, word.text.slice(0, -value.length)));
  else {
    changed.set(word, []);
    if (before) changed.set(before, othersOfBundle(before, before.text));
  }
}

/** Of a bundle (`-itv`), whose last letter is the flag, the other letters stay. */
function othersOfBundle(word: Word, flag: string): Word[] {
  const others = flag.startsWith('--') ? '' : flag.replace(/.=?$/, '');
  return others.length > 1 ? [{ ...word, text: others }] : [];
}
