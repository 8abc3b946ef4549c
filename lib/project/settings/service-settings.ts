import { readDuration } from '../../flags/duration.js';
import { didYouMean } from '../../text/did-you-mean.js';
import { ValueError } from '../../text/flag-error.js';
import type { Origin, Word } from '../../text/word.js';
import type { KeyName } from '../keys/keys.js';
import type { SectionReader } from '../run-cfg/section.js';
import { NotReadiness, type Readiness, readReadiness } from './readiness.js';

/** What a section may ask of another one that it depends on, in compose's words. */
export const CONDITIONS = ['service_started', 'service_healthy', 'service_completed_successfully'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** A section that is started before another one. */
export interface Dependency {
  name: string;
  /** Undefined where the name stands alone: ready, as its own `ready` says. */
  condition?: Condition;
  origin?: Origin;
}

/** What the section of an image says of services. */
export interface ServiceSettings {
  dependsOn: readonly Dependency[];
  /** Undefined where the section leaves it to the image. */
  ready?: Readiness;
  /** Where `ready` stands. */
  readyOrigin?: Origin;
  /** Milliseconds. */
  readyTimeout?: number;
  /** Whole seconds. */
  stopTimeout?: number;
  reuse: boolean;
}

/**
 * Reads the keys of services; what is wrong is the reader's to collect.
 *
 * @param known the names that `depends_on` may have: all images, synthetic ones too
 */
export function readServiceSettings(reader: SectionReader, known: readonly string[]): ServiceSettings {
  const dependsOn = readDependencies(reader, known);
  const ready = readReady(reader);
  const reuse = reader.boolean('reuse') ?? false;
  if (reuse && ready?.kind === 'exit')
    reader.complain('reuse', 'makes no sense with ready=exit: what has ended cannot be used again');
  return {
    dependsOn,
    ...(ready && { ready, readyOrigin: reader.originOf('ready') }),
    ...readTimes(reader),
    reuse,
  };
}

function readTimes(reader: SectionReader): Pick<ServiceSettings, 'readyTimeout' | 'stopTimeout'> {
  const readyTimeout = readTime(reader, 'ready_timeout');
  if (readyTimeout === 0) reader.complain('ready_timeout', 'gives it no time at all');
  const stopTimeout = readTime(reader, 'stop_timeout');
  if (stopTimeout !== undefined && stopTimeout % 1000 !== 0)
    reader.complain('stop_timeout', `takes whole seconds, found ${stopTimeout} ms`);
  return {
    ...(readyTimeout !== undefined && { readyTimeout }),
    ...(stopTimeout !== undefined && { stopTimeout: stopTimeout / 1000 }),
  };
}

function readDependencies(reader: SectionReader, known: readonly string[]): Dependency[] {
  const all = (reader.list('depends_on') ?? []).flatMap((word) => readDependency(reader, word, known));
  for (const [index, { name }] of all.entries()) {
    if (name === reader.name) reader.complain('depends_on', 'names the section itself');
    else if (all.findIndex((other) => other.name === name) < index)
      reader.complain('depends_on', `names ${name} twice`);
  }
  return all;
}

function readDependency(
  reader: SectionReader,
  { text, origin }: Word,
  known: readonly string[],
): Dependency[] {
  const [name = '', condition, ...rest] = text.split(':');
  if (!known.includes(name)) {
    const list = known.filter((one) => one !== reader.name).join(', ');
    const near = didYouMean(name, known) || (list === '' ? '' : `; known are ${list}`);
    reader.complain(
      'depends_on',
      `names ${JSON.stringify(name)}, which is neither an image nor a section that could be one${near}`,
    );
    return [];
  }
  if (condition === undefined) return [{ name, origin }];
  const wanted = CONDITIONS.find((one) => one === condition);
  if (wanted !== undefined && rest.length === 0) return [{ name, condition: wanted, origin }];
  const said = [condition, ...rest].join(':');
  reader.complain(
    'depends_on',
    `has the condition ${JSON.stringify(said)}${didYouMean(said, CONDITIONS) || `; there are ${CONDITIONS.join(', ')}`}`,
  );
  return [];
}

function readReady(reader: SectionReader): Readiness | undefined {
  const words = reader.words('ready');
  if (words === undefined) return undefined;
  try {
    return readReadiness(words.map(({ text }) => text));
  } catch (error) {
    if (!(error instanceof NotReadiness)) throw error;
    reader.complain('ready', error.message);
    return undefined;
  }
}

/** Milliseconds. */
function readTime(
  reader: SectionReader,
  key: Extract<KeyName, 'ready_timeout' | 'stop_timeout'>,
): number | undefined {
  const text = reader.word(key)?.text;
  if (text === undefined) return undefined;
  try {
    const time = readDuration(/^\d+$/.test(text) ? `${text}s` : text) / 1e6;
    if (time >= 0 && time <= LONGEST) return time;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
  }
  reader.complain(key, `takes a time such as 90s or 1m30s, of a day at most, found ${JSON.stringify(text)}`);
  return undefined;
}

const LONGEST = 24 * 3600_000;
