import { engineAddress, imageOf, withEngine, type TaskContext } from './context.js';
import { defineTask, type Task } from './define-task.js';
import type { FlagTable } from './flags.js';
import { checkBuildable } from './images.js';

export interface CleanOptions {
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const CLEAN_FLAGS: FlagTable<CleanOptions> = {
  dryRun: { type: 'boolean', description: 'print the docker commands and do nothing' },
};

export function clean(context: TaskContext, name?: string, options: CleanOptions = {}): Task {
  if (name !== undefined) checkBuildable(context.project, name);
  return defineTask(context, {
    name: name === undefined ? 'clean' : `clean:${name}`,
    description: name === undefined ? 'Removes all images' : `Removes ${name}`,
    flags: CLEAN_FLAGS,
    options,
    async work() {},
  });
}
