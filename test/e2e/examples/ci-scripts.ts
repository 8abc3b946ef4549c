import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';

interface Workflow {
  jobs: Record<string, { steps: { run?: string }[] }>;
}

interface Pipeline {
  variables: Record<string, string>;
  default: { before_script: string[] };
  check: { script: string[] };
  publish: { script: string[] };
}

/** The commands of a workflow of GitHub Actions, whatever their conditions; packages are installed already. */
export async function githubCommands(file: string): Promise<string[]> {
  const { jobs } = parse(await readFile(file, 'utf8')) as Workflow;
  const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  return commands.filter((command) => !command.startsWith('npm install'));
}

/** The same of a pipeline of GitLab, and its variables. */
export async function gitlabCommands(
  file: string,
): Promise<{ commands: string[]; variables: Record<string, string> }> {
  const pipeline = parse(await readFile(file, 'utf8')) as Pipeline;
  const commands = [...pipeline.default.before_script, ...pipeline.check.script, ...pipeline.publish.script];
  return {
    commands: commands.filter((command) => !command.startsWith('npm install')),
    variables: pipeline.variables,
  };
}

/** Runs commands one after the other as the runner does: what one writes to `GITHUB_ENV` is a variable of the next. */
export async function runCommands(
  commands: readonly string[],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-ci-'));
  const [variables, summary] = [join(folder, 'env'), join(folder, 'summary.md')];
  try {
    await writeFile(variables, '');
    const all = { ...env, GITHUB_ENV: variables, GITHUB_STEP_SUMMARY: summary };
    for (const command of commands) {
      const lines = (await readFile(variables, 'utf8')).split('\n').filter(Boolean);
      const further = lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]);
      await promisify(execFile)('bash', ['-eo', 'pipefail', '-c', command], {
        cwd,
        env: { ...all, ...(Object.fromEntries(further) as Record<string, string>) },
      });
    }
    return await readFile(summary, 'utf8').catch(() => '');
  } finally {
    await rm(folder, { recursive: true });
  }
}
