import { rmSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { UserError } from '../../../lib/text/user-error.js';
import { computeVersion, type VersionDictionary } from '../../../lib/version/index.js';
import { many } from '../../circle.js';
import {
  type Answers,
  askedEnvironment,
  readRecording,
  type Recorded,
} from '../../oracle/version/answers.js';
import { allCases, type Case, type Question, writeFiles } from '../../oracle/version/cases.js';
import { RepositoryBuilder } from '../../oracle/version/repository.js';
import { seed } from '../../seed.js';

/** Puts the question's files into the root for as long as it takes to compute the version. */
async function ask(root: string, { files, env }: Question): Promise<VersionDictionary | { raises: string }> {
  const paths = writeFiles(root, files);
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

/** Git takes minutes for all repositories: a part of them is asked, another one with each seed, and all in the outermost circle. */
const PART = many(24, 1);
const chosen = allCases().filter((_, index) => (index + seed) % PART === 0);

/** Asks the questions, three repositories side by side; returns how many there were and those that got another answer. */
async function compare(
  rootOf: (entry: Case) => string,
  cases: readonly Case[],
  answers: Answers,
): Promise<{ asked: number; wrong: string[] }> {
  const wrong: string[] = [];
  const waiting = cases.values();
  let asked = 0;
  const work = async () => {
    for (const entry of waiting) {
      const { name, questions } = entry;
      const root = rootOf(entry);
      const recorded = answers[name] ?? {};
      for (const question of questions) {
        const theirs = recorded[question.name];
        if (!theirs) throw new Error(`${name} / ${question.name} is not recorded`);
        const ours = await ask(root, question);
        asked++;
        if (agrees(ours, theirs, recorded.pep440)) continue;
        wrong.push(`${name} / ${question.name}: ${JSON.stringify({ ours, theirs })}`);
      }
    }
  };
  await Promise.all([work(), work(), work()]);
  return { asked, wrong };
}

/** The questions about setuptools-scm, of a project that builds with its version 9. */
function withScm9(cases: readonly Case[]): Case[] {
  const requirement = '[build-system]\nrequires = ["setuptools-scm>=9.2"]\n';
  return cases.flatMap(({ questions, ...rest }) => {
    const changed = questions
      .filter(({ tool }) => tool === 'setuptools-scm')
      .map((question) => ({
        ...question,
        files: { ...question.files, 'pyproject.toml': requirement + question.files['pyproject.toml'] },
      }));
    return changed.length === 0 ? [] : [{ ...rest, questions: changed }];
  });
}

describe('computeVersion, beside the tools that it stands in for', function () {
  this.timeout(1_800_000);
  const { tools, answers, differences } = readRecording();
  const builder = new RepositoryBuilder();
  const roots = new Map<string, string>();
  after(() => builder[Symbol.dispose]());

  /** Its project, which both tests ask about. */
  function rootOf({ name, recipe }: Case): string {
    const root = roots.get(name) ?? builder.build(recipe);
    roots.set(name, root);
    return root;
  }

  it('gives the recorded answers', async () => {
    const { asked, wrong } = await compare(rootOf, chosen, answers);
    const right = asked - wrong.length;
    console.log(`      ${right} of ${asked} answers in ${chosen.length} repositories: ${tools.join(', ')}`);
    expect(wrong).to.deep.equal([]);
    expect(chosen.length).to.be.at.least(Math.floor(240 / PART));
  });

  it('gives the answers of setuptools-scm 9 where the project requires it', async () => {
    const tool = 'setuptools_scm 9.2.2';
    const merged = Object.fromEntries(
      Object.entries(answers).map(([name, recorded]) => [name, { ...recorded, ...differences[tool]![name] }]),
    );
    const { asked, wrong } = await compare(
      rootOf,
      withScm9(chosen.filter(({ name }) => /^(setuptools-scm|tag|layout)/.test(name))),
      merged,
    );
    console.log(`      ${asked - wrong.length} of ${asked} answers: ${tool}`);
    expect(wrong).to.deep.equal([]);
  });

  for (const tool of ['versioneer 0.28', 'versioneer 0.18']) {
    it(`follows 0.29 where ${tool} differs, in known ways alone`, () => {
      const unknown: string[] = [];
      const counts = new Map<string, number>();
      for (const [name, recorded] of Object.entries(differences[tool]!)) {
        for (const [question, before] of Object.entries(recorded)) {
          const kind = kindOfDifference(question, before, answers[name]![question]!);
          if (!kind) unknown.push(`${name} / ${question}`);
          else counts.set(kind, (counts.get(kind) ?? 0) + 1);
        }
      }
      for (const [kind, count] of counts) console.log(`      ${count}: ${kind}`);
      expect(unknown).to.deep.equal([]);
      expect(counts).to.not.be.empty;
    });
  }
});

/** What differs between the versions of versioneer: 0.28 in the first way alone, 0.18 in all of them. */
function kindOfDifference(question: string, before: Recorded, since: Recorded): string | undefined {
  if ('raises' in before) {
    if (before.raises === 'VersioneerBadRootError') return 'a root with pyproject.toml alone is none';
    if (before.raises === 'ValueError' && question.endsWith('-branch'))
      return 'no styles that depend on the branch';
    if (before.raises === 'AssertionError') return 'tag_prefix must be set';
    return undefined;
  }
  if ('raises' in since) return undefined;
  if (question.startsWith('GIT_DIR')) return 'GIT_DIR leads git away';
  if (/^\D/.test(before.version)) return 'a tag counts though no digit follows its prefix';
  if (question === 'pep440-pre') return 'pep440-pre writes .post.dev and does not count post-releases on';
  return undefined;
}
