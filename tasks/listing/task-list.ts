import type { Project } from '../../lib/project/index.js';
import { leaveOut, listingAsked } from '../command-line/listing.js';
import type { Gulp } from '../command-line/reachable.js';
import type { TaskContext } from '../context.js';
import type { Task } from '../task.js';
import { mayNeedImages } from './needs-images.js';
import { PURPOSES } from './purposes.js';

/** Tasks that fit on a screen; of more than these a line for each kind is left. */
const FEW = 40;

/** For what runs in the background: one line tells of all of them, or every image would have five more. */
const BACKGROUND = ['start', 'stop', 'logs', 'exec', 'shell'];

/**
 * Shortens what `gulp --tasks` shows of a registry: no flags, which `gulp help:run` has; of many images one line a kind,
 * and of what runs in the background one line in all; and no task that can only fail. It does nothing where gulp runs tasks.
 *
 * @param tasks of the registry
 * @param prefix what stands in front of their names there: `api:`
 */
export function shortenList(
  gulp: Gulp,
  { project, invocation }: TaskContext,
  tasks: readonly Task[],
  prefix: string,
): void {
  const listing = listingAsked(invocation.argv);
  if (!listing) return;
  const isDescribed = listing === 'described';
  const single = isDescribed
    ? tasks.filter(
        (task) => !task.name.startsWith('help:') && !isFolded(task.name) && isListed(project, task),
      )
    : tasks;
  const isLong = isDescribed && single.length > FEW;
  const shown = new Set(
    single.filter((task) => (isLong ? objectOf(task) === '' : canSucceed(project, task))),
  );
  const hidden = tasks.filter((task) => !shown.has(task));
  leaveOut(gulp, new Map(hidden.map((task) => [prefix + task.name, task])));
  if (!isDescribed) return;
  invocation.hideFlags(gulp);
  if (isLong) for (const kind of kindsOf(single)) gulp.task(`${prefix}${kind}:<image>`, lineOf(kind));
  if (tasks.some(({ name }) => isFolded(name))) gulp.task(`${prefix}start:<image>`, BACKGROUND_LINE);
}

/** Whether a task is among those that one line tells of. */
function isFolded(name: string): boolean {
  return objectOf({ name }) !== '' && BACKGROUND.includes(kindOf({ name }));
}

/** Whether a task can do anything else than fail: what is built from no other image is no matter for `locked-down`. */
export function canSucceed(project: Project, task: Pick<Task, 'name'>): boolean {
  return kindOf(task) !== 'locked-down' || mayNeedImages(project, objectOf(task));
}

const OF_SWARMS = new Set(['deploy', 'rollback', 'job', 'services']);

/** Whether a list shows a task: where run.cfg names no swarm, few have one. */
export function isListed({ config }: Project, task: Pick<Task, 'name'>): boolean {
  if (!OF_SWARMS.has(kindOf(task))) return true;
  const own = config.sections.get(objectOf(task));
  const sections = objectOf(task) === '' ? config.sections.values() : own ? [own] : [];
  return [config.defaults, ...sections].some(
    ({ entries }) => entries.has('swarm') || entries.has('swarm_docked'),
  );
}

/** The kinds of those that are for one image. */
function kindsOf(tasks: readonly Task[]): Set<string> {
  return new Set(tasks.filter((task) => objectOf(task) !== '').map(kindOf));
}

/** What stands in the list for all tasks of what runs in the background. */
const BACKGROUND_LINE = Object.assign(() => Promise.resolve(), {
  description: 'Starts an image in the background; then stop:, logs:, exec: and shell:<image>',
});

/** What stands in the list for all tasks of a kind. */
function lineOf(kind: string) {
  return Object.assign(() => Promise.resolve(), { description: PURPOSES[kind]?.image ?? '' });
}

/** `build` of `build:app`. */
function kindOf({ name }: Pick<Task, 'name'>): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(0, colon);
}

/** `app` of `build:app`, nothing of `build`. */
function objectOf({ name }: Pick<Task, 'name'>): string {
  const colon = name.indexOf(':');
  return colon === -1 ? '' : name.slice(colon + 1);
}
