import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlagError, parseRunLine } from '../../../../lib/run/flags/index.js';
import { difference, type Answer, type Recording } from '../../../oracle/run-flags/recording.js';
import { BY_CHOICE } from '../../../oracle/run-flags/by-choice.js';

const ORACLE = join(import.meta.dirname, '../../../oracle/run-flags');
const FILES = join(ORACLE, 'files');

const recording = JSON.parse(readFileSync(join(ORACLE, 'recording.json'), 'utf8')) as Recording;

/** What this project makes of a recorded line, in the form of the recording. */
function ours({ words, api }: Answer): Answer {
  const asked = { words, ...(api && { api }) };
  try {
    const { body, query } = parseRunLine(words, {
      directory: FILES,
      environment: { FROM_HERE: 'from here', EMPTY_HERE: '' },
      endpoint: 'unix://<socket>',
      apiVersion: api ?? '1.50',
    });
    const shown = JSON.parse(JSON.stringify(body).replaceAll(FILES, '<files>').replaceAll(ORACLE, '<above>'));
    const changed = difference(recording.baselines[api ?? '1.50'], shown);
    return { ...asked, body: changed, ...(Object.keys(query).length > 0 && { query }) };
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    return { ...asked, exit: error.exitStatus, says: error.sentence };
  }
}

/** The words that both must use: the CLI also tells which Go function failed. */
function essence(sentence: string): string {
  return sentence
    .replace(/strconv\.\w+: parsing "(?:[^"\\]|\\.)*": /g, '')
    .replace(/flag: EOF$/, 'flag: empty value')
    .replace(/ \(did you mean .*\)$/, '');
}

describe('docker run flags, against the docker CLI', () => {
  const compared = recording.answers.filter(({ words }) => !BY_CHOICE.some(({ applies }) => applies(words)));
  const chosen = recording.answers.length - compared.length;

  it(`makes the request of docker CLI ${recording.cli}, or refuses where it refuses`, () => {
    const wrong: string[] = [];
    for (const answer of compared) {
      const mine = ours(answer);
      const same =
        answer.exit === undefined
          ? JSON.stringify(sortKeys(mine)) === JSON.stringify(sortKeys(answer))
          : mine.exit === answer.exit || (mine.exit === 125 && answer.exit !== undefined);
      if (!same) wrong.push(`${JSON.stringify(answer)}\n     ours ${JSON.stringify(mine)}`);
    }
    console.log(
      `      ${compared.length - wrong.length} of ${compared.length} lines, ${chosen} different by choice`,
    );
    expect(wrong.slice(0, 20), `${wrong.length} lines differ`).to.deep.equal([]);
  });

  it('says why in the words of the CLI', () => {
    const refusals = compared.filter(({ exit }) => exit !== undefined);
    const others = refusals.filter(
      (answer) => essence(ours(answer).says ?? '') !== essence(answer.says ?? ''),
    );
    console.log(`      ${refusals.length - others.length} of ${refusals.length} sentences`);
    expect(
      others.map((answer) => [answer, ours(answer).says]).slice(0, 40),
      `${others.length} differ`,
    ).to.deep.equal([]);
  });
});

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sortKeys(item)]),
  );
}
