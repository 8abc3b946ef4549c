/**
 * Asks the real tools again and writes answers.json:
 *
 *     npx tsx test/oracle/version/record.ts --versioneer DIR [--versioneer DIR] \
 *       --setuptools-scm DIR [--setuptools-scm DIR] --hatch-vcs DIR
 *
 * Each DIR is what a Debian package such as python3-versioneer has in usr/lib/python3/dist-packages (unpacked by
 * `dpkg-deb -x`); the one for hatch-vcs holds hatchling, too. The answers of the first DIR are those that count; of the
 * others, only the answers that differ are kept, as what differs between the versions of a tool.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Answers, askedEnvironment, type Recorded, type Recording } from './answers.js';
import { allCases, type Question } from './cases.js';
import { RepositoryBuilder } from './repository.js';

const folder = import.meta.dirname;

/** Asks what concerns one tool, or all of them, of the modules in some folders. */
function ask(folders: string[], tool?: Question['tool']): Answers {
  using builder = new RepositoryBuilder();
  const asked = allCases().flatMap((entry) => {
    const questions = entry.questions.filter((question) => !tool || question.tool === tool);
    return questions.length === 0 ? [] : [{ ...entry, questions }];
  });
  const jobs = asked.flatMap(({ recipe, questions }) => {
    const root = builder.build(recipe);
    return questions.map(({ tool, files, env }) => ({ tool, root, files, env: askedEnvironment(env) }));
  });
  const output = execFileSync('/usr/bin/python3', [join(folder, 'ask.py'), ...folders], {
    input: JSON.stringify(jobs),
    maxBuffer: 1 << 28,
  });
  const answers = JSON.parse(output.toString()) as Recorded[];
  let next = 0;
  return Object.fromEntries(
    asked.map(({ name, questions }) => [
      name,
      Object.fromEntries(questions.map((question) => [question.name, answers[next++]!])),
    ]),
  );
}

function differences(answers: Answers, others: Answers): Answers {
  const result: Answers = {};
  for (const [name, questions] of Object.entries(others)) {
    for (const [question, answer] of Object.entries(questions)) {
      if (JSON.stringify(answer) === JSON.stringify(answers[name]?.[question])) continue;
      (result[name] ??= {})[question] = answer;
    }
  }
  return result;
}

/** Such as `versioneer 0.29`, by the metadata in the folder. */
function toolIn(directory: string, module: string): string {
  const metadata = readdirSync(directory).find((name) => name.startsWith(`${module}-`)) ?? '';
  return metadata.replace('-', ' ').replace(/\.(dist|egg)-info$/, '');
}

const { values } = parseArgs({
  options: {
    versioneer: { type: 'string', multiple: true, default: [] },
    'setuptools-scm': { type: 'string', multiple: true, default: [] },
    'hatch-vcs': { type: 'string' },
  },
});
const [versioneer, ...otherVersioneers] = values.versioneer;
const [scm, ...otherScms] = values['setuptools-scm'];
const hatch = values['hatch-vcs'];
if (!versioneer || !scm || !hatch)
  throw new Error('--versioneer, --setuptools-scm and --hatch-vcs are needed');

const answers = ask([versioneer, scm, hatch]);
const recording: Recording = {
  tools: [toolIn(versioneer, 'versioneer'), toolIn(scm, 'setuptools_scm'), toolIn(hatch, 'hatch_vcs')],
  git: execFileSync('git', ['--version']).toString().trim(),
  answers,
  differences: Object.fromEntries([
    ...otherVersioneers.map((other) => [
      toolIn(other, 'versioneer'),
      differences(answers, ask([other], 'versioneer')),
    ]),
    ...otherScms.map((other) => [
      toolIn(other, 'setuptools_scm'),
      differences(answers, ask([other], 'setuptools-scm')),
    ]),
  ]) as Recording['differences'],
};
writeFileSync(join(folder, 'answers.json'), JSON.stringify(recording, null, 1) + '\n');
console.log(
  `${Object.keys(answers).length} repositories, ${Object.values(answers).flatMap(Object.keys).length} answers`,
);
