import type { Word } from '../../text/word.js';
import type { SectionReader } from '../run-cfg/section.js';

/** What a section says of its image's name. */
export interface WrittenName {
  named?: Word;
  tagged?: Word;
  prefix: boolean;
}

/** A synthetic image that may be any has its tag in its name, too: `name=postgres:16`. */
export function readName(reader: SectionReader, synthetic: boolean): WrittenName {
  const prefix = reader.boolean('prefix') ?? true;
  const named = reader.word('name');
  const tagged = reader.word('tag');
  const [, repository, tag] = /^(.+):([^/:@]+)$/.exec(named?.text ?? '') ?? [];
  if (!synthetic || prefix || !named || repository === undefined || tag === undefined)
    return { named, tagged, prefix };
  if (tagged)
    reader.complain('tag', `stands beside name=${named.text}, which has a tag: leave out one of them`);
  return { named: { ...named, text: repository }, tagged: { ...named, text: tag }, prefix };
}
