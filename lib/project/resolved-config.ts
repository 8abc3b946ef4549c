import { commandLine, shellQuote } from '../text/command-line.js';
import { printable } from '../text/printable.js';
import { maskSecrets } from '../text/secrets.js';
import { placeOf, type Word } from '../text/word.js';
import { describeImage, type DescribeOptions, openSection } from './describe.js';
import { type KeyName, keyNames, KEYS, spellingOf } from './keys/keys.js';
import type { SectionReader } from './run-cfg/section.js';
import type { Image, Project } from './types.js';

/** A key of run.cfg with its resolved value, and who said so. */
export interface ResolvedValue {
  section: string;
  key: string;
  /** The value as run.cfg could have it, without line ends or control characters; secrets are `***`. */
  value: string;
  /** `docker/run.cfg:12`, or what else it comes from, such as `the user's name`; and whether something is left out. */
  from: string;
}

/**
 * The configuration of an image as its operations see it: every key that has a value, the tag, and the variables of
 * the section that `env=` names.
 *
 * @throws {UserError} `BAD_NAME`, `BAD_SECTION`, `BAD_TAG`, `NO_DOCKERFILE`, `UNKNOWN_IMAGE` as `describeImage` does.
 */
export function resolvedConfig(project: Project, name: string, options: DescribeOptions): ResolvedValue[] {
  const image = describeImage(project, name, options);
  const reader = openSection(project, name, options);
  reader.define('tag', image.tag);
  const keys = keyNames().flatMap((key): ResolvedValue[] => {
    const entry = reader.entry(key);
    if (!entry) return [];
    const words = wordsOf(reader, key);
    const value = textOf(reader, key, words);
    if (value === undefined || (key === 'tag' && options.tag !== undefined)) return [];
    return [
      {
        section: name,
        key: spellingOf(key),
        value,
        from: placeOf({ file: project.config.file, line: entry.line }) + omission(words),
      },
    ];
  });
  const hasTag = keys.some(({ key }) => key === 'tag') || reader.word('name')?.text.endsWith(`:${image.tag}`);
  if (!hasTag) keys.push(defaultTag(image, project, options));
  return [...keys, ...variables(image, reader)];
}

/** Resolved values as the text of a run.cfg that means the same. */
export function writeConfig(values: readonly ResolvedValue[]): string {
  // npm's ini cannot write it: it puts values with "=" into quotes and a backslash before ";", which run.cfg keeps.
  let section: string | undefined;
  let text = '';
  for (const { section: own, key, value, from } of values) {
    if (own !== section) text += `${text === '' ? '' : '\n'}[${(section = own)}]\n`;
    text += `# ${from}\n${key}=${value.replaceAll('\n', '\n  ')}\n`;
  }
  return text;
}

function wordsOf(reader: SectionReader, key: KeyName): readonly Word[] | undefined {
  switch (KEYS[key].kind) {
    case 'boolean':
      return undefined;
    case 'command':
      return reader.command(key);
    default:
      return reader.words(key);
  }
}

function textOf(reader: SectionReader, key: KeyName, words: readonly Word[] = []): string | undefined {
  const { kind } = KEYS[key];
  if (kind === 'boolean') return reader.boolean(key) ? 'True' : 'False';
  // run.cfg is read in one way on all platforms, and has no other characters for those that a command line has printf write.
  const line = commandLine(
    words.map(({ text }) => printable(text)),
    shellQuote,
  );
  return doubled(line, kind === 'command' ? /%/g : /[%$]/g);
}

function omission(words: readonly Word[] = []): string {
  return words.every(({ text }) => printable(text) === text) ? '' : ', without its control characters';
}

function variables(image: Image, reader: SectionReader): ResolvedValue[] {
  const section = reader.word('env')?.text;
  if (section === undefined) return [];
  return image.env.map((word) => {
    if (!word.origin) throw new TypeError(`nothing says where ${section} has a variable from`);
    const masked = printable(maskSecrets(word.text));
    const end = masked.indexOf('=');
    const value = doubled(masked.slice(end + 1), /[%$]/g);
    return { section, key: masked.slice(0, end), value, from: placeOf(word.origin) + omission([word]) };
  });
}

function defaultTag(
  { name, synthetic, tag }: Image,
  { user }: Project,
  options: DescribeOptions,
): ResolvedValue {
  let from = synthetic ? 'the image that it runs' : "the user's name";
  if (synthetic && tag === user) from = "the user's name";
  if (options.tag !== undefined) from = 'given by --tag';
  return { section: name, key: 'tag', value: tag, from };
}

function doubled(text: string, characters: RegExp): string {
  return text.replace(characters, '$&$&');
}
