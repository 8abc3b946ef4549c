import DefaultRegistry from 'undertaker-registry';
import { UserError } from '../lib/text/user-error.js';
import { isGulp } from './command-line/reachable.js';
import { createContext, type DockerTaskSettings } from './context.js';
import { KINDS, taskFactories } from './docker-tasks.js';
import type { FlagTable } from './flags.js';
import { shortenList } from './listing/task-list.js';
import { checkOptions } from './options.js';
import type { Task } from './task.js';
import { namedTasks } from './task-names.js';

const PREFIX: FlagTable<{ prefix?: string }> = { prefix: { type: 'string', description: '' } };

export interface DockerRegistrySettings extends DockerTaskSettings {
  /** Stands in front of the name of every task: `api` makes `api:build:app`. Default: none. */
  prefix?: string;
}

/**
 * A gulp registry with the tasks of every image of the project, made from `docker/` and run.cfg:
 *
 *     gulp.registry(new DockerRegistry());
 *
 * Of several projects each but one needs a `prefix` of its own.
 *
 * @throws {UserError} as {@link dockerTasks} does, and `TASK_CLASH` where gulp has a
 * task of that name already
 */
export class DockerRegistry extends DefaultRegistry {
  readonly #settings: DockerRegistrySettings;

  constructor(settings: DockerRegistrySettings = {}) {
    super();
    this.#settings = settings;
  }

  override init(taker: { task: (name: string, work: Task) => void }): void {
    const { prefix, ...settings } = this.#settings;
    checkOptions('DockerRegistry', PREFIX, { prefix });
    const context = createContext(settings, 'DockerRegistry', KINDS);
    const start = prefix ? `${prefix}:` : '';
    const tasks = namedTasks(taskFactories(context)).map(({ make }) => make());
    for (const task of tasks) {
      const name = start + task.name;
      if (this.get(name)) throw taskClash(name);
      taker.task(name, task);
    }
    if (!isGulp(taker)) return;
    shortenList(taker, context, tasks, start);
    context.invocation.watch(taker);
  }
}

function taskClash(name: string): UserError {
  return new UserError(
    'TASK_CLASH',
    `gulp has a task ${name} already: give this DockerRegistry a prefix of its own, as in new DockerRegistry({ prefix: 'api' }).`,
  );
}
