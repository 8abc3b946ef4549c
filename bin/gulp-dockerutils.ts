#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { planStart, readProject, writeStart } from '../lib/init/index.js';
import { didYouMean } from '../lib/text/did-you-mean.js';
import { UserError } from '../lib/text/user-error.js';
import { DRY_RUN, shown } from '../tasks/flags.js';
import { runCommand } from './command.js';

const COMMANDS = ['init'];

void runCommand({
  name: 'gulp-dockerutils',
  operands: 'init',
  description: `Starts a project that has no docker/ yet: docker/base, docker/app, docker/run.cfg, .dockerignore and a gulpfile, as
what stands in the folder suggests. It never overwrites a file.`,
  flags: { dryRun: { ...DRY_RUN, description: 'say what would be written, and write nothing' } },
  task({ options, words: [name, ...rest] }) {
    if (name === undefined || (name === 'init' && rest.length > 0)) return undefined;
    if (name !== 'init')
      throw new UserError(
        'USAGE',
        `There is no command ${shown(name)}${didYouMean(name, COMMANDS)}: gulp-dockerutils knows init, and build-image, run-image, transfer-image, publish-image and genversion are commands of their own.`,
        { exitStatus: 2 },
      );
    return () => init(process.cwd(), options.dryRun === true);
  },
});

async function init(root: string, dryRun: boolean): Promise<void> {
  const { files, next } = planStart(await readProject(root));
  const kept = dryRun
    ? new Set(files.map(({ path }) => path).filter((path) => existsSync(join(root, path))))
    : await writeStart(root, files);
  for (const { path } of files) {
    if (kept.has(path)) console.log(`kept ${path}, which was there`);
    else console.log(`${dryRun ? 'would write' : 'wrote'} ${path}`);
  }
  console.log(['', 'Next:', ...next.map((step) => `  ${step}`)].join('\n'));
}
