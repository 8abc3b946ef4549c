#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../lib/text/did-you-mean.js';
import { printableJson } from '../lib/text/quoted.js';
import { isText } from '../lib/text/record.js';
import { UserError } from '../lib/text/user-error.js';
import { createContext } from '../tasks/context.js';
import { KINDS, taskFactories } from '../tasks/docker-tasks.js';
import { DRY_RUN, flagName, shown } from '../tasks/flags.js';
import { JSON_FLAG } from '../tasks/json.js';
import { canSucceed, isListed } from '../tasks/listing/task-list.js';
import { renderRows } from '../tasks/listing/usage.js';
import type { TaskFlagJson, TasksJson } from '../tasks/results.js';
import { type NamedTask, namedTasks } from '../tasks/task-names.js';
import { runCommand } from './command.js';
import type { Command } from './definition.js';
import { usageError } from './usage.js';

const GENERAL: Command = {
  name: 'gulp-dockerutils',
  operands: '[init | <task>]',
  description: `Without a word: names all tasks of the project. With the name of one, such as images or run:app: carries it out as
gulp does, without a gulpfile. init starts a project that has no docker/ yet: docker/base, docker/app, docker/run.cfg,
.dockerignore and a gulpfile, as what stands in the folder suggests. It never overwrites a file.`,
  flags: {
    json: { ...JSON_FLAG, description: 'print the tasks as JSON' },
    from: {
      type: 'string',
      value: 'FILE',
      description: 'of init: a compose file, whose services become images and sections of run.cfg',
    },
    dryRun: { ...DRY_RUN, description: 'of init: say what would be written, and write nothing' },
  },
  task({ options: { dryRun, from, json }, words: [name, ...rest] }) {
    if (name === undefined && dryRun === undefined && from === undefined)
      return () => listTasks(json === true);
    if (name !== 'init' || rest.length > 0 || json !== undefined) return undefined;
    return () => init({ dryRun: dryRun === true, ...(isText(from) && { from }) });
  },
};

void runCommand((given) => {
  const [first, ...words] = given;
  if (first === undefined || first.startsWith('-') || first === 'init')
    return { command: GENERAL, words: given };
  return { command: commandOf(first), words };
});

/** The command of one task, which takes its flags. */
function commandOf(name: string): Command {
  const { project, tasks } = projectTasks(name);
  const found = tasks.find((task) => task.name === name);
  if (!found) {
    const near = didYouMean(name, ['init', ...tasks.map((task) => task.name)]);
    const sentence = `There is no task ${shown(name)} in ${project}${near}: gulp-dockerutils without a word names all`;
    throw usageError(GENERAL, sentence);
  }
  return {
    name: `gulp-dockerutils ${name}`,
    operands: '',
    description: `${found.make().description}.`,
    flags: KINDS[found.kind] ?? {},
    task: ({ options, words }) => (words.length > 0 ? undefined : found.make(options)),
  };
}

interface ProjectTasks {
  project: string;
  tasks: NamedTask[];
  /** Whether a list shows a task. */
  isShown: (task: NamedTask) => boolean;
}

function projectTasks(wanted?: string): ProjectTasks {
  try {
    const context = createContext({ argv: [] }, 'gulp-dockerutils', KINDS);
    const tasks = namedTasks(taskFactories(context));
    return {
      project: context.project.root,
      tasks: tasks.filter((task) => canSucceed(context.project, task)),
      isShown: (task) => isListed(context.project, task),
    };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'NO_DOCKER_FOLDER') throw error;
    const near = wanted === undefined ? '' : didYouMean(wanted, ['init']);
    const sentence = `${error.message}, or let gulp-dockerutils init write one${near}`;
    throw usageError(GENERAL, sentence);
  }
}

function listTasks(asJson: boolean): Promise<void> {
  const { tasks: all, isShown } = projectTasks();
  const tasks = all.filter(isShown).map(({ name, kind, make }) => ({
    name,
    kind,
    description: make().description,
  }));
  if (asJson) {
    const result: TasksJson = {
      tasks: tasks.map(({ name, kind, description }) => ({ name, description, flags: flagsOf(kind) })),
    };
    console.log(printableJson(result));
  } else {
    const rows = tasks.map(({ name, description }) => [name, description] as const);
    console.log(renderRows(rows, process.stdout.columns).join('\n'));
  }
  return Promise.resolve();
}

function flagsOf(kind: string): TaskFlagJson[] {
  return Object.entries(KINDS[kind] ?? {}).map(([option, flag]) => ({
    flag: `--${flagName(option, flag)}`,
    ...(flag.type !== 'boolean' && { value: flag.value ?? 'VALUE' }),
    description: flag.description,
  }));
}

async function init({ dryRun, from }: { dryRun: boolean; from?: string }): Promise<void> {
  const { planFromCompose, planStart, readProject, writeStart } = await import('../lib/init/index.js');
  const root = process.cwd();
  const { files, notes, next } =
    from === undefined ? planStart(await readProject(root)) : await planFromCompose(root, from);
  const kept = dryRun
    ? new Set(files.map(({ path }) => path).filter((path) => existsSync(join(root, path))))
    : await writeStart(root, files);
  for (const { path } of files) {
    if (kept.has(path)) console.log(`kept ${path}, which was there`);
    else console.log(`${dryRun ? 'would write' : 'wrote'} ${path}`);
  }
  if (notes.length > 0) console.log(['', ...notes].join('\n'));
  console.log(['', 'Next:', ...next.map((step) => `  ${step}`)].join('\n'));
}
