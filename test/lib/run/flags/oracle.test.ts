import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { FlagError, parseRunLine, type Proxies } from '../../../../lib/run/flags/index.js';
import { BY_CHOICE } from '../../../oracle/run-flags/by-choice.js';
import { type Answer, difference, type Recording } from '../../../oracle/run-flags/recording.js';

const ORACLE = join(import.meta.dirname, '../../../oracle/run-flags');
const FILES = join(ORACLE, 'files');

const configuration = JSON.parse(readFileSync(join(FILES, 'configuration/config.json'), 'utf8')) as {
  proxies: { default: Proxies };
};
const PROXIES = configuration.proxies.default;
const recording = JSON.parse(readFileSync(join(ORACLE, 'recording.json'), 'utf8')) as Recording;

/** What this project makes of a recorded line, in the form of the recording. */
function ours({ words, api, configured }: Answer): Answer {
  const asked = { words, ...(api && { api }), ...(configured && { configured }) };
  const apiVersion = api ?? '1.50';
  try {
    const { body, query } = parseRunLine(words, {
      directory: FILES,
      environment: { FROM_HERE: 'from here', EMPTY_HERE: '' },
      endpoint: 'unix://<socket>',
      apiVersion,
      proxies: configured && PROXIES,
    });
    const text = JSON.stringify(body).replaceAll(FILES, '<files>').replaceAll(ORACLE, '<above>');
    const changed = difference(recording.baselines[apiVersion], JSON.parse(text));
    return { ...asked, body: changed, ...(Object.keys(query).length > 0 && { query }) };
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    return { ...asked, exit: error.exitStatus, says: error.sentence };
  }
}

/** docker ends with 1 or 125 by where in its code it notices; here every refusal is 125, "docker itself failed". */
function isSame(answer: Answer): boolean {
  const mine = ours(answer);
  return answer.exit === undefined ? isDeepStrictEqual(mine, answer) : mine.exit === 125;
}

/** The words that both must use: the CLI also tells which Go function failed, and which pattern did not match. */
function essence(sentence: string): string {
  return sentence
    .replace(/strconv\.\w+: parsing "(?:[^"\\]|\\.)*": /g, '')
    .replace(/: (OSAndVersion|platform) specifier component must match .*/, '')
    .replace(/: invalid argument$/, '')
    .replace(/: EOF$/, ': empty value')
    .replace(/ \(did you mean .*\)$/, '');
}

describe('docker run flags, against the docker CLI', () => {
  const chosen = recording.answers.filter(
    (answer) => BY_CHOICE.some(({ applies }) => applies(answer.words)) && !isSame(answer),
  );
  const compared = recording.answers.filter((answer) => !chosen.includes(answer));

  it(`makes the request of docker CLI ${recording.cli}, and refuses where it refuses`, () => {
    const wrong = compared.flatMap((answer) => {
      if (isSame(answer)) return [];
      return [{ docker: JSON.stringify(answer), ours: JSON.stringify(ours(answer)) }];
    });
    const right = compared.length - wrong.length;
    console.log(`      ${right} of ${compared.length} lines; ${chosen.length} more differ by choice`);
    expect(wrong.slice(0, 20), `${wrong.length} lines differ`).to.deep.equal([]);
  });

  it('says why in the words of the CLI', () => {
    const refusals = compared.filter(({ exit }) => exit !== undefined);
    const said = refusals.filter((answer) => essence(ours(answer).says ?? '') === essence(answer.says ?? ''));
    console.log(`      ${said.length} of ${refusals.length} sentences`);
    // Of several faults in one line the CLI may name another one first, and it tells of broken JSON as Go does.
    expect(said.length).to.be.above(refusals.length * 0.97);
  });

  it('has a line for every difference by choice', () => {
    for (const { why, applies } of BY_CHOICE) {
      expect(
        chosen.filter(({ words }) => applies(words)),
        why,
      ).not.to.be.empty;
    }
  });
});
