import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { FlagError, parseServiceLine } from '../../../../lib/swarm/flags/index.js';
import { BY_CHOICE } from '../../../oracle/service-flags/by-choice.js';
import { CURRENT, FILES } from '../../../oracle/service-flags/cases.js';
import { idOf } from '../../../oracle/service-flags/fake-swarm.js';
import { type Answer, difference, type Recording } from '../../../oracle/service-flags/recording.js';

const ORACLE = join(import.meta.dirname, '../../../oracle/service-flags');
const recording = JSON.parse(readFileSync(join(ORACLE, 'recording.json'), 'utf8')) as Recording;

/** The swarm that was imitated for the recording. */
const lookUp = (name: string) => (name === 'missing' ? undefined : idOf(name));
const SWARM = { network: lookUp, secret: lookUp, config: lookUp };

/** What this project makes of a recorded line, in the form of the recording. */
function ours({ words, api }: Answer): Answer {
  const asked = { words, ...(api && { api }) };
  try {
    const request = parseServiceLine(words, {
      directory: FILES,
      environment: { FROM_HERE: 'from here', EMPTY_HERE: '' },
      apiVersion: api ?? CURRENT,
    });
    const text = JSON.stringify(request.withIds(SWARM)).replaceAll(FILES, '<files>');
    const above = text.replaceAll(join(FILES, '..'), '<above>');
    return { ...asked, body: difference(recording.baseline, JSON.parse(above)) };
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

/**
 * The words that both must use: the CLI also tells which Go function failed, and who answered. Debian's is linked with an
 * older reader of ports than docker's own, which begins its sentences with capitals.
 */
function essence(sentence: string): string {
  return sentence
    .replace(/strconv\.\w+: parsing "(?:[^"\\]|\\.)*": /g, '')
    .replace(/: address .* in address$/, '')
    .replace(/^Error response from daemon: /, '')
    .replace(/: EOF$/, ': empty value')
    .replace(/ \(did you mean .*\)$/, '')
    .toLowerCase();
}

describe('docker service create flags, against the docker CLI', () => {
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
    // With --help it ends with 0: it is no refusal there.
    const refusals = compared.filter(({ exit }) => exit);
    const said = refusals.filter((answer) => essence(ours(answer).says ?? '') === essence(answer.says ?? ''));
    console.log(`      ${said.length} of ${refusals.length} sentences`);
    // Of several faults in one line the CLI may name another one first.
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
