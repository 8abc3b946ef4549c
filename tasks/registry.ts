import DefaultRegistry from 'undertaker-registry';
import { UserError } from '../lib/text/user-error.js';
import { isGulp } from './command-line/reachable.js';
import { createContext, type DockerTaskSettings } from './context.js';
import { KINDS, taskFactories } from './docker-tasks.js';
import type { FlagTable } from './flags.js';
import { checkOptions } from './options.js';
import type { Task } from './task.js';

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
    const tasks = taskFactories(context);
    const define = (task: Task) => {
      const name = prefix ? `${prefix}:${task.name}` : task.name;
      if (this.get(name)) throw taskClash(name);
      taker.task(name, task);
    };
    define(tasks.genversion());
    define(tasks.build());
    define(tasks.clean());
    define(tasks.graph());
    define(tasks.imagesTable());
    define(tasks.config());
    define(tasks.doctor());
    for (const image of tasks.images) {
      define(tasks.build(image));
      define(tasks.clean(image));
      define(tasks.transfer(image));
      define(tasks.lockedDown(image));
      define(tasks.publish(image));
    }
    for (const image of [...tasks.images, ...tasks.synthetic]) {
      define(tasks.run(image));
      define(tasks.config(image));
    }
    if (isGulp(taker)) context.invocation.watch(taker);
  }
}

function taskClash(name: string): UserError {
  return new UserError(
    'TASK_CLASH',
    `gulp has a task ${name} already: give this DockerRegistry a prefix of its own, as in new DockerRegistry({ prefix: 'api' }).`,
  );
}
