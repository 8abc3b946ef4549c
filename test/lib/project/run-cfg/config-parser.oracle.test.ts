import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type ConfigText, readConfig } from '../../../../lib/project/run-cfg/config-parser.js';
import { interpolate, InterpolationError } from '../../../../lib/project/run-cfg/interpolation.js';
import { textOf } from '../../../../lib/text/lined-text.js';

type Items = [key: string, value: string][];
interface Answer {
  refused?: { kind: string; lines: number[] };
  raw: [section: string, items: Items][];
  defaults: Items;
  resolved: [section: string, items: [key: string, value: string | { refused: string }][]][];
}
interface Recording {
  tool: string;
  cases: { name: string; text: string; caseCounts: boolean; answer: Answer }[];
}

const RECORDED = new URL('../../../oracle/config-parser/recorded.json', import.meta.url);
const { tool, cases } = JSON.parse(readFileSync(RECORDED, 'utf8')) as Recording;

describe(`config parser against ${tool}`, () => {
  let equal = 0;
  for (const { name, text, caseCounts, answer } of cases) {
    it(`reads as it does: ${name}`, () => {
      const config = readConfig(text, (section) => caseCounts && section !== 'DEFAULT');
      if (answer.refused) expect(whatPythonWouldSay(config)).to.deep.equal(answer.refused);
      else {
        expect(config.errors).to.deep.equal([]);
        expect(
          [...config.sections.values()].map((section) => [section.name, rawItems(section)]),
        ).to.deep.equal(answer.raw);
        expect(rawItems(config.defaults)).to.deep.equal(answer.defaults);
        expect(resolvedItems(config)).to.deep.equal(sorted(answer.resolved));
      }
      equal++;
    });
  }
  after(() => console.log(`      ${equal} of ${cases.length} texts read as ${tool} reads them`));
});

/** Python stops at the first error, except at lines that are no key: of those it tells all, unless another comes. */
function whatPythonWouldSay({ errors }: ConfigText): Answer['refused'] {
  const first = errors.find(({ kind }) => kind !== 'not-a-key');
  if (first) return { kind: first.kind, lines: [first.line] };
  return { kind: 'not-a-key', lines: errors.map(({ line }) => line) };
}

function rawItems({ entries }: ConfigText['defaults']): Items {
  return [...entries.values()].map(({ key, value }) => [key, textOf(value)]);
}

function resolvedItems({ sections, defaults }: ConfigText): Answer['resolved'] {
  return sorted(
    [...sections.values()].map((section) => [
      section.name,
      [...new Map([...defaults.entries, ...section.entries]).values()].map(({ key, value }) => {
        try {
          return [key, textOf(interpolate(value, section, defaults))];
        } catch (error) {
          expect(error).to.be.instanceOf(InterpolationError);
          return [key, { refused: (error as Error).message.includes('names no key') ? 'missing' : 'depth' }];
        }
      }),
    ]),
  );
}

function sorted(sections: Answer['resolved']): Answer['resolved'] {
  return sections.map(([name, items]) => [name, items.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}
