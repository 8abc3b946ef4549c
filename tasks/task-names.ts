import type { DockerTasks } from './docker-tasks.js';
import type { Task } from './task.js';

type Options = Record<string, unknown>;

/** How a kind of task is made by its name. */
interface Maker {
  /** `build` */
  all?: (tasks: DockerTasks, options: Options) => Task;
  /** `build:app` */
  image?: (tasks: DockerTasks, image: string, options: Options) => Task;
  /** Whether there is one for synthetic images, too. */
  synthetic?: boolean;
}

const MAKERS: Readonly<Record<string, Maker>> = {
  genversion: { all: (tasks, options) => tasks.genversion(options) },
  build: {
    all: (tasks, options) => tasks.build(options),
    image: (tasks, image, options) => tasks.build(image, options),
  },
  clean: {
    all: (tasks, options) => tasks.clean(options),
    image: (tasks, image, options) => tasks.clean(image, options),
  },
  graph: { all: (tasks, options) => tasks.graph(options) },
  images: { all: (tasks, options) => tasks.imagesTable(options) },
  config: {
    all: (tasks, options) => tasks.config(options),
    image: (tasks, image, options) => tasks.config(image, options),
    synthetic: true,
  },
  doctor: { all: (tasks, options) => tasks.doctor(options) },
  help: { all: (tasks, options) => tasks.help(undefined, options) },
  start: { image: (tasks, image, options) => tasks.start(image, options), synthetic: true },
  stop: {
    all: (tasks, options) => tasks.stop(options),
    image: (tasks, image, options) => tasks.stop(image, options),
    synthetic: true,
  },
  logs: { image: (tasks, image, options) => tasks.logs(image, options), synthetic: true },
  exec: { image: (tasks, image, options) => tasks.exec(image, options), synthetic: true },
  shell: { image: (tasks, image, options) => tasks.shell(image, options), synthetic: true },
  ps: { all: (tasks, options) => tasks.ps(options) },
  layers: { image: (tasks, image, options) => tasks.layers(image, options) },
  transfer: { image: (tasks, image, options) => tasks.transfer(image, options) },
  'locked-down': { image: (tasks, image, options) => tasks.lockedDown(image, options) },
  publish: { image: (tasks, image, options) => tasks.publish(image, options) },
  deploy: { image: (tasks, image, options) => tasks.deploy(image, options), synthetic: true },
  rollback: { image: (tasks, image, options) => tasks.rollback(image, options), synthetic: true },
  job: { image: (tasks, image, options) => tasks.job(image, options), synthetic: true },
  services: { all: (tasks, options) => tasks.services(options) },
  run: { image: (tasks, image, options) => tasks.run(image, options), synthetic: true },
  live: { image: (tasks, image, options) => tasks.live(image, options), synthetic: true },
};

/** A task that a project has, not made yet. */
export interface NamedTask {
  /** `build:app` */
  name: string;
  /** `build` */
  kind: string;
  image?: string;
  make: (options?: Options) => Task;
}

/** All tasks of a project: those of no image first, then those of each image. */
export function namedTasks(tasks: DockerTasks): NamedTask[] {
  const makers = Object.entries(MAKERS);
  const single = makers.flatMap(([kind, { all }]): NamedTask[] =>
    all ? [{ name: kind, kind, make: (options = {}) => all(tasks, options) }] : [],
  );
  const help = makers.map(([kind]): NamedTask => {
    const make = (options?: Options) => tasks.help(kind, options);
    return { name: `help:${kind}`, kind: 'help', make };
  });
  const ofImage = (image: string, isSynthetic: boolean) =>
    makers.flatMap(([kind, { image: maker, synthetic = false }]): NamedTask[] => {
      if (!maker || (isSynthetic && !synthetic)) return [];
      return [
        { name: `${kind}:${image}`, kind, image, make: (options = {}) => maker(tasks, image, options) },
      ];
    });
  return [
    ...single,
    ...help,
    ...tasks.images.flatMap((image) => ofImage(image, false)),
    ...tasks.synthetic.flatMap((image) => ofImage(image, true)),
  ];
}
