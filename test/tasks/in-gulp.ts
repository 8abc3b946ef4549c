import gulp from 'gulp';
import { DockerRegistry, type DockerTasks, dockerTasks } from '../../tasks/index.js';
import { standardOutput } from './standard-output.js';

type Work = (() => unknown) | ReturnType<typeof gulp.series>;

export interface GulpRun {
  /** What stood on standard output. */
  stdout: string;
  error?: Error;
}

export interface GulpRunOptions {
  root: string;
  /** The words after `gulp`. */
  argv: readonly string[];
  /** Names of the tasks that gulp-cli makes of them. */
  tasks: readonly string[];
  /** What the gulpfile exports. */
  gulpfile?: (gulp: typeof import('gulp'), tasks: DockerTasks) => Record<string, Work>;
  /** Flags of the gulpfile itself. */
  flags?: string[];
  env?: NodeJS.ProcessEnv;
}

/** Runs a gulpfile with the registry as gulp-cli does, in this process. */
export async function inGulp(options: GulpRunOptions): Promise<GulpRun> {
  const {
    root,
    argv,
    tasks,
    gulpfile,
    flags,
    env = { PATH: process.env.PATH, USER: 'ada', HOME: '/home/ada' },
  } = options;
  const instance = new (gulp as unknown as { Gulp: new () => typeof import('gulp') }).Gulp();
  const settings = { root, argv, flags, env };
  return standardOutput(async () => {
    const registry = new DockerRegistry(settings);
    instance.registry(registry as never);
    const exported = gulpfile?.(instance, dockerTasks(settings)) ?? {};
    for (const [name, work] of Object.entries(exported)) instance.task(name, work as never);
    await new Promise<void>((resolve, reject) => {
      instance.on('error', () => undefined);
      instance.parallel(...tasks)((error) => (error ? reject(error) : resolve()));
    });
  });
}
