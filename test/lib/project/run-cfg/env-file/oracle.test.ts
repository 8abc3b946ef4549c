import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { EnvFileError } from '../../../../../lib/project/run-cfg/env-file/error.js';
import { readVariables } from '../../../../../lib/project/run-cfg/env-file/read-variables.js';
import { CASES, HERE, NAMES } from '../../../../oracle/env-file/cases.js';

interface Recording {
  version: string;
  answers: { text: string; values?: Record<string, string>; refused?: string }[];
}

const RECORDED = new URL('../../../../oracle/env-file/recorded.json', import.meta.url);
const { version, answers } = JSON.parse(readFileSync(RECORDED, 'utf8')) as Recording;

describe(`.env files against docker compose ${version}`, () => {
  it('has an answer to every case', () => expect(answers.map(({ text }) => text)).to.deep.equal(CASES));

  for (const { text, values, refused } of answers)
    it(`reads as it does: ${JSON.stringify(text)}`, () => {
      if (refused !== undefined) {
        expect(() => readVariables(text, HERE)).to.throw(EnvFileError);
        return;
      }
      const all = { ...Object.fromEntries(readVariables(text, HERE)), ...HERE };
      const known = Object.entries(all).filter(([name]) => NAMES.some((one) => one === name));
      expect(Object.fromEntries(known)).to.deep.equal(values);
    });
});
