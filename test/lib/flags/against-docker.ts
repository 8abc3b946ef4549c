import { sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';

/** What the docker CLI made of one line: what it asked the engine for, or its refusal. */
interface Recorded {
  words: string[];
  /** Exit status where it refused, and the first line of what it said. */
  exit?: number;
  says?: string;
}

export interface Comparison<Answer extends Recorded> {
  recording: { cli: string; answers: readonly Answer[] };
  /** Lines of which this project makes something else on purpose, and why. */
  byChoice: readonly { why: string; applies: (words: readonly string[]) => boolean }[];
  /** What this project makes of a recorded line, in the form of the recording. */
  ours: (answer: Answer) => Answer;
  /** Whether the CLI refused it. */
  isRefusal: (answer: Answer) => boolean;
  /** The words of a refusal that both must use. */
  essence: (sentence: string) => string;
}

/** Defines the tests that hold a reader of flags to the docker CLI's recorded answers. */
export function compareWithDocker<Answer extends Recorded>({
  recording,
  byChoice,
  ours,
  isRefusal,
  essence,
}: Comparison<Answer>): void {
  /** docker ends with 1 or 125 by where in its code it notices; here every refusal is 125, "docker itself failed". */
  const isSame = (answer: Answer) => {
    const mine = ours(answer);
    return answer.exit === undefined ? isDeepStrictEqual(mine, answer) : mine.exit === 125;
  };
  const chosen = recording.answers.filter(
    (answer) => byChoice.some(({ applies }) => applies(answer.words)) && !isSame(answer),
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
    const refusals = compared.filter(isRefusal);
    const said = refusals.filter((answer) => essence(ours(answer).says ?? '') === essence(answer.says ?? ''));
    console.log(`      ${said.length} of ${refusals.length} sentences`);
    // Of several faults in one line the CLI may name another one first, and it tells of broken JSON as Go does.
    expect(said.length).to.be.above(refusals.length * 0.97);
  });

  it('has a line for every difference by choice', () => {
    for (const { why, applies } of byChoice) {
      expect(
        chosen.filter(({ words }) => applies(words)),
        why,
      ).not.to.be.empty;
    }
  });
}

/** A request with names in place of folders, as it was recorded on Linux, and so with slashes. */
export function withoutFolders(body: unknown, folders: Readonly<Record<string, string>>): unknown {
  return JSON.parse(JSON.stringify(body), (_, value: unknown) => {
    if (typeof value !== 'string') return value;
    const [name, path] = Object.entries(folders).find(([, path]) => value.includes(path)) ?? [];
    if (name === undefined || path === undefined) return value;
    return value.replaceAll(path, name).replaceAll(sep, '/');
  });
}
