#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { planStart, readProject, writeStart } from '../lib/init/index.js';
import { runCommand } from './command.js';

void runCommand({
  usage: `Usage: gulp-dockerutils init [options]

Starts a project that has no docker/ yet: docker/base, docker/app, docker/run.cfg, .dockerignore and a gulpfile, as
what stands in the folder suggests. It never overwrites a file.

      --dry-run          say what would be written, and write nothing`,
  options: { 'dry-run': { type: 'boolean' } },
  task(values, [name, ...rest]) {
    if (name !== 'init' || rest.length > 0) return undefined;
    return () => init(process.cwd(), values['dry-run'] ?? false);
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
