/**
 * What the version costs on a repository of 50,000 commits, beside plain git: the ratio of `computeVersion` to
 * `git describe --tags --dirty` alone, to the git commands that it runs itself, and to those that versioneer runs.
 *
 *     npx tsx bench/genversion.ts [--commits 50000] [--rounds 15]
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { computeVersion } from '../lib/version/index.js';
import { bound } from './shared/bound.js';
import { alternate, median } from './shared/rounds.js';

const execute = promisify(execFile);

/** The last tag lies 100 commits back; the work tree has 500 files. */
function history(commits: number): string {
  const lines: string[] = [];
  for (let number = 1; number <= commits; number++) {
    const date = 1_400_000_000 + number * 600;
    lines.push('commit refs/heads/main', `mark :${number}`, `committer A <a@example.org> ${date} +0000`);
    lines.push('data 1', 'c', `M 100644 inline folder${number % 20}/file${number % 500}.txt`);
    lines.push(`data ${String(number).length}`, String(number));
    if (number % 1000 === commits % 1000 && number < commits - 99) {
      lines.push('', `reset refs/tags/1.${number}`, `from :${number}`, '');
    }
  }
  return lines.join('\n') + '\n';
}

/** Of what the git commands take that it runs itself. */
const LIMIT = 1.3;
const ITS_OWN = 'the git commands that it runs, side by side';

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { commits: { type: 'string', default: '50000' }, rounds: { type: 'string', default: '15' } },
  });
  const commits = Number(values.commits);
  const root = mkdtempSync(join(tmpdir(), 'bench-genversion-'));
  const git = (...words: string[]) => execute('git', words, { cwd: root });
  try {
    execFileSync('git', ['init', '-q', '-b', 'main', root]);
    execFileSync('git', ['fast-import', '--quiet'], { cwd: root, input: history(commits) });
    await git('checkout', '-q', 'main');
    writeFileSync(join(root, 'setup.cfg'), '[versioneer]\nVCS = git\nversionfile_source = a/_version.py\n');
    const matched = ['--tags', '--always', '--long', '--match', '[[:digit:]]*'];
    const peers: Record<string, () => Promise<unknown>> = {
      'git describe --tags --dirty': () => git('describe', '--tags', '--dirty'),
      [ITS_OWN]: () =>
        Promise.all([
          git('describe', ...matched),
          git('status', '--porcelain', '--untracked-files=no', '--no-renames'),
          git('show', '-s', '--no-show-signature', '--format=%H%n%ci', 'HEAD'),
          git('rev-parse', '--is-shallow-repository', '--abbrev-ref', 'HEAD'),
        ]),
      'the git commands that versioneer runs': async () => {
        await git('rev-parse', '--git-dir');
        await git('describe', '--dirty', ...matched);
        await git('rev-parse', 'HEAD');
        await git('rev-parse', '--abbrev-ref', 'HEAD');
        await git('show', '-s', '--format=%ci', 'HEAD');
      },
    };
    const { dictionary } = await computeVersion(root);
    const ways = Object.entries({ ours: () => computeVersion(root), ...peers });
    const timedWays = Object.fromEntries(ways.map(([name, work]) => [name, () => timed(work)]));
    const results = await alternate(timedWays, Number(values.rounds));
    const of = (name: string) => median(results.get(name) ?? []);
    console.log(`${commits} commits, version ${dictionary.version}, median of ${values.rounds}`);
    for (const name of Object.keys(peers)) {
      if (name === ITS_OWN) bound(`version, ms beside ${name}`, of('ours'), of(name), LIMIT);
      else console.log(`  ${(of('ours') / of(name)).toFixed(2)} of ${name} (${of(name).toFixed(1)} ms)`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
