import type { EngineAddress } from '../lib/engine/types.js';
import type { Report } from '../lib/report/types.js';
import { UserError } from '../lib/text/user-error.js';
import { type BuildRun, carryOutBuilds, prepareBuilds, type PreparedBuilds } from './build.js';
import type { TaskContext } from './context.js';
import { failuresOn, tellFailures } from './host-failures.js';

/**
 * Builds an image on the engines of several hosts side by side, with build scripts one after the other, because what they
 * make and remove is in the project. One that fails does not stop the others; all failures are reported at the end.
 */
export async function buildOnHosts(
  context: TaskContext,
  image: string,
  { dryRun }: { dryRun?: boolean },
  { addresses, ...run }: Omit<BuildRun, 'address' | 'pipeline'> & { addresses: readonly EngineAddress[] },
): Promise<void> {
  const request = { scope: { image }, options: { dryRun } };
  // Once for all of them: the file of the version is in the context of each.
  const prepared = await prepareBuilds(context, request, { addresses, report: run.report });
  if (dryRun) return;
  const isOne = addresses.length === 1;
  let before: Promise<unknown> = Promise.resolve();
  const outcomes = await Promise.allSettled(
    prepared.map((one) => {
      const report = isOne ? run.report : reportOf(one.address.url, run.report);
      const build = () => carryOutBuilds(context, one, request, { ...run, report });
      if (!hasScripts(one)) return build();
      const building = before.then(build);
      before = building.catch(() => undefined);
      return building;
    }),
  );
  const failures = failuresOn(
    addresses.map(({ url }) => url),
    outcomes,
  );
  const [first] = failures;
  if (first && isOne) throw first.error;
  run.signal.throwIfAborted();
  const told = tellFailures(failures);
  if (!told) return;
  throw new UserError(
    'BUILD_FAILED',
    `${failures.length} of ${addresses.length} builds of ${image} failed.\n${told.sentences}`,
    { cause: told.cause },
  );
}

function hasScripts({ builds }: PreparedBuilds): boolean {
  return builds.names
    .map((name) => builds.plan(name))
    .some((plan) => plan.preBuildScript.length > 0 || plan.postBuildScript.length > 0);
}

/** Says of each build where it is. */
function reportOf(url: string, report: Report): Report {
  return {
    command: (line) => report.command(line),
    info: (message) => report.info(message),
    warn: (message) => report.warn(message),
    activity: (title) => report.activity(`${title} on ${url}`),
    suspend: () => report.suspend(),
  };
}
