import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { expect } from 'chai';

import { computeVersion, type VersionDictionary } from '../../../lib/version/index.js';
import { UserError } from '../../../lib/user-error.js';
import { askedEnvironment, type Recorded, readRecording } from '../../oracle/version/answers.js';
import { allCases, type Question } from '../../oracle/version/cases.js';
import { RepositoryBuilder } from '../../oracle/version/repository.js';

/** Puts the question's files into the root for as long as it takes to compute the version. */
async function ask(root: string, { files, env }: Question): Promise<VersionDictionary | { raises: string }> {
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
  try {
    return (await computeVersion(root, { env: askedEnvironment(env) })).dictionary;
  } catch (error) {
    if (error instanceof UserError) return { raises: error.code };
    throw error;
  } finally {
    for (const path of paths) rmSync(path);
  }
}

/**
 * Where the tool raises an exception, a UserError is what we owe, or versioneer's `0+unknown` where it is that nothing
 * was found. setuptools-scm tells the version alone: the rest is what versioneer says of the same repository.
 */
function agrees(
  ours: VersionDictionary | { raises: string },
  theirs: Recorded,
  versioneer?: Recorded,
): boolean {
  if ('raises' in theirs) {
    return (
      'raises' in ours ||
      (NOTHING_FOUND.includes(theirs.raises) && ours.error === 'unable to compute version')
    );
  }
  if ('raises' in ours) return false;
  const same = (key: keyof VersionDictionary, other: Recorded) =>
    ours[key] === (other as VersionDictionary)[key];
  if ('error' in theirs) return isDeepStrictEqual(ours, theirs);
  const inRepository = versioneer && 'error' in versioneer && versioneer.error === null && ours.date !== null;
  return (
    same('version', theirs) &&
    (!inRepository || (['full-revisionid', 'dirty', 'date'] as const).every((key) => same(key, versioneer)))
  );
}

const NOTHING_FOUND = ['SystemExit', 'LookupError'];

describe('computeVersion, beside the tools that it stands in for', function () {
  this.timeout(180_000);

  it('gives the recorded answers', async () => {
    const recording = readRecording();
    using builder = new RepositoryBuilder();
    const wrong: string[] = [];
    const cases = allCases();
    const waiting = cases.values();
    let answers = 0;
    const work = async () => {
      for (const { name, recipe, questions } of waiting) {
        const root = builder.build(recipe);
        const recorded = recording.answers[name] ?? {};
        for (const question of questions) {
          const theirs = recorded[question.name];
          if (!theirs) throw new Error(`${name} / ${question.name} is not recorded`);
          const ours = await ask(root, question);
          answers++;
          if (agrees(ours, theirs, recorded.pep440)) continue;
          wrong.push(`${name} / ${question.name}: ${JSON.stringify({ ours, theirs })}`);
        }
      }
    };
    await Promise.all([work(), work(), work()]);
    console.log(
      `      ${answers - wrong.length} of ${answers} answers in ${cases.length} repositories: ${recording.tools.join(', ')}`,
    );
    expect(wrong).to.deep.equal([]);
    expect(cases.length).to.be.at.least(150);
  });
});
