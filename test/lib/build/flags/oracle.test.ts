import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { parseBuildFlags, toBuildQuery } from '../../../../lib/build/flags/index.js';
import { FlagError } from '../../../../lib/text/flag-error.js';
import type { BuildAnswer, BuildRecording } from '../../../oracle/build-flags/record.js';

const ORACLE = join(import.meta.dirname, '../../../oracle/build-flags');
const recording = JSON.parse(readFileSync(join(ORACLE, 'recording.json'), 'utf8')) as BuildRecording;

type Query = Record<string, unknown>;

/** The parameters with their JSON read, without those that do not come from flags. */
function comparable(query: Query): Query {
  const entries = Object.entries(query)
    .filter(([name]) => name !== 'dockerfile' && name !== 'version')
    .map(([name, value]): [string, unknown] => {
      if (Array.isArray(value) && value.length === 1) return [name, value[0]];
      const isJson = ['buildargs', 'labels', 'cachefrom', 'ulimits'].includes(name);
      return [name, isJson ? JSON.parse(value as string) : value];
    });
  return Object.fromEntries(entries);
}

function ours(words: readonly string[]): Query | FlagError {
  try {
    const flags = parseBuildFlags(words, {
      environment: { FROM_HERE: 'from here' },
      directory: '/project',
    });
    const { tags } = flags;
    return comparable({ ...toBuildQuery(flags), ...(tags.length > 0 && { t: tags }) });
  } catch (error) {
    if (error instanceof FlagError) return error;
    throw error;
  }
}

function isSame({ words, query }: BuildAnswer): boolean {
  const mine = ours(words);
  if (mine instanceof FlagError || query === undefined)
    return mine instanceof FlagError === (query === undefined);
  return isDeepStrictEqual(mine, comparable(query));
}

describe('docker build flags, against the docker CLI', () => {
  it(`makes the parameters of docker CLI ${recording.cli}, and refuses where it refuses`, () => {
    const { answers } = recording;
    const wrong = answers.filter((answer) => !isSame(answer));
    console.log(`      ${answers.length - wrong.length} of ${answers.length} lines`);
    expect(wrong.map((answer) => ({ docker: answer, ours: ours(answer.words) }))).to.deep.equal([]);
  });
});
