import { didYouMean } from '../../lib/text/did-you-mean.js';
import { type AnyFlagTable, flagName, shown } from '../flags.js';
import { DOCKER_FLAG_NAMES } from './docker-flag-names.js';
import type { GivenFlag } from './given-words.js';

/** A task that runs, and what it takes. */
export interface Asked {
  /** `build:app` */
  name: string;
  /** `build` */
  kind: string;
  flags: AnyFlagTable;
}

/** The flags of every kind of task. */
export type Kinds = Readonly<Record<string, AnyFlagTable>>;

/** What to do about tasks that a function of the gulpfile calls. */
const COMPOSE =
  ': tasks that gulp.series() and gulp.parallel() have are known beforehand, those that a function calls are not';

/**
 * Says of a flag that no task takes: what is not understood, and what to write instead.
 *
 * @param afterwards whether more tasks may run than those that were asked for until now
 */
export function refusal(
  flag: GivenFlag,
  asked: readonly Asked[],
  { kinds, afterwards = false }: { kinds: Kinds; afterwards?: boolean },
): string {
  const written = shown(flag.written);
  const names = asked.map(({ name }) => name);
  const tasks = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return `There is no flag ${written} of ${tasks.join(', ')}${remedy(flag, asked, kinds, afterwards)}`;
}

function remedy(flag: GivenFlag, asked: readonly Asked[], kinds: Kinds, afterwards: boolean): string {
  const tables = asked.map(({ flags }) => flags);
  const own = ownFlag(flag.name, tables);
  if (flag.behind !== undefined && /^--(command|args|build-args)$/.test(flag.behind))
    return `: where it belongs to the value of ${flag.behind}, quote the whole value: ${flag.behind} "… ${shown(flag.written)} …".`;
  if (own !== undefined && own !== flag.name) return ` (did you mean "--${own}"?).`;
  if (tables.some((table) => ownNames(table).has(flag.name))) return `, as far as can be told${COMPOSE}.`;
  const takers = Object.entries(kinds).flatMap(([kind, table]) =>
    ownNames(table).has(flag.name) ? [kind] : [],
  );
  if (flag.written.startsWith('--') && takers.length > 0)
    return `; it is one of ${takers.join(', ')}${afterwards ? COMPOSE : ''}.`;
  const hint = didYouMean(flag.name, new Set(tables.flatMap((table) => [...ownNames(table)])));
  if (hint !== '' && flag.name.length > 2) return `${hint.replace('"', '"--')}.`;
  const belongs = dockerPlace(flag.name, asked);
  if (belongs !== undefined) return belongs;
  const all = [...new Set(tables.flatMap((table) => [...ownNames(table)]))].map((name) => `--${name}`);
  if (Object.keys(kinds).length === 0) return `: there are ${all.join(', ')}.`;
  const declared = `{ flags: [${JSON.stringify(flag.name)}] }`;
  return `: there are ${all.join(', ')}, and those of gulp; a gulpfile's own are to be given to dockerTasks() or DockerRegistry: ${declared}.`;
}

/** Where a flag of the docker CLI belongs, for the tasks that pass such on. */
function dockerPlace(name: string, asked: readonly Asked[]): string | undefined {
  const kinds = new Set(asked.map(({ kind }) => kind));
  const run = kinds.has('run') && DOCKER_FLAG_NAMES.run.get(name);
  if (run)
    return `: docker run's --${run} goes into ${RUN_KEYS[run] ?? 'args'}= of the image's section in docker/run.cfg, or into --args "--${run} …".`;
  const build = kinds.has('build') && DOCKER_FLAG_NAMES.build.get(name);
  if (build)
    return `: docker build's --${build} goes into build_args= of the image's section in docker/run.cfg, or into --build-args "--${build} …".`;
  return undefined;
}

/** Keys of run.cfg for flags that have one of their own. */
const RUN_KEYS: Readonly<Record<string, string>> = {
  'env-file': 'environment',
  mount: 'volumes',
  gpus: 'gpu',
  tty: 'interactive',
  detach: 'interactive',
};

/** The flag that is meant by a name of the docker CLI, of run.cfg, or of the original commands, or by its beginning. */
function ownFlag(name: string, tables: readonly AnyFlagTable[]): string | undefined {
  const long =
    name.length > 1 ? name : (DOCKER_FLAG_NAMES.run.get(name) ?? DOCKER_FLAG_NAMES.build.get(name));
  const plain = (text: string) => text.replace(/[-_]/g, '').toLowerCase();
  const names = tables.flatMap((table) =>
    Object.entries(table).flatMap(([option, flag]) => {
      const own = flagName(option, flag);
      const others = [own, option, ...(flag.spellings ?? []), ...(flag.alike ?? [])];
      return others.map((other) => ({ own, other: plain(other) }));
    }),
  );
  const letter = tables.flatMap((table) =>
    Object.entries(table).flatMap(([option, flag]) => (flag.short === name ? [flagName(option, flag)] : [])),
  )[0];
  const exact = (wanted: string | undefined) =>
    wanted === undefined ? undefined : names.find(({ other }) => other === plain(wanted))?.own;
  const beginning =
    name.length > 2 ? names.find(({ other }) => other.startsWith(plain(name)))?.own : undefined;
  return exact(name) ?? exact(long) ?? letter ?? beginning;
}

/** Names of a table's flags on the command line. */
export function ownNames(table: AnyFlagTable): Set<string> {
  return new Set(Object.entries(table).map(([option, flag]) => flagName(option, flag)));
}
