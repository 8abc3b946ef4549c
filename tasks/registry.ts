import DefaultRegistry from 'undertaker-registry';
import type { DockerTaskSettings } from './context.js';
import { dockerTasks } from './docker-tasks.js';
import type { Task } from './define-task.js';

/**
 * A gulp registry with the tasks of every image of the project, made from `docker/` and run.cfg:
 *
 *     gulp.registry(new DockerRegistry());
 *
 * @throws {UserError} when there is no `docker/` folder, or its run.cfg cannot be read
 */
export class DockerRegistry extends DefaultRegistry {
  constructor(private readonly settings: DockerTaskSettings = {}) {
    super();
  }

  override init(taker: { task: (name: string, work: Task) => void }): void {
    const tasks = dockerTasks(this.settings);
    const define = (task: Task) => taker.task(task.displayName, task);
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
  }
}
