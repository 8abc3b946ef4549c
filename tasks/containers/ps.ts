import type { EngineAddress } from '../../lib/engine/types.js';
import type { Image } from '../../lib/project/index.js';
import type { RunningRow } from '../../lib/services/running/index.js';
import { commandLine } from '../../lib/text/command-line.js';
import { UserError } from '../../lib/text/user-error.js';
import { engineAddress, imageOf, type TaskContext, withEngine } from '../context.js';
import { defineTask } from '../define-task.js';
import { ACCEPT_NEW, DRY_RUN, type FlagTable, type OneOrMore } from '../flags.js';
import { JSON_FLAG } from '../json.js';
import { openPrinter } from '../print.js';
import type { PsJson, RunningJson } from '../results.js';
import type { Task } from '../task.js';

export interface PsOptions {
  /** The engines that are asked, instead of the one that the environment names. */
  host?: OneOrMore;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Print it as JSON, a {@link PsJson}. */
  json?: boolean;
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const PS_FLAGS: FlagTable<PsOptions> = {
  host: { type: 'hosts', value: 'HOST', description: 'an engine to ask, not the usual one; repeatable' },
  acceptNew: ACCEPT_NEW,
  json: JSON_FLAG,
  dryRun: DRY_RUN,
};

/** Shows what runs of the project: its state, since when, its ports, and its container, on one engine or on several. */
export function ps(context: TaskContext, options: PsOptions = {}): Task {
  return defineTask(context, {
    kind: 'ps',
    name: 'ps',
    description: 'Shows what runs of the project, and whether it is ready',
    flags: PS_FLAGS,
    options,
    async work({ host = [], acceptNew, dryRun }, { report, signal, result }) {
      const { groupOf } = await import('../../lib/run/index.js');
      const { findContainers, listingWords, renderRunning, stateOf } =
        await import('../../lib/services/running/index.js');
      const group = groupOf(context.project);
      const ask = async (place: string, address: EngineAddress): Promise<RunningRow[]> => {
        report.command(commandLine(['docker', ...address.cliFlags, ...listingWords(group)]));
        if (dryRun) return [];
        return withEngine(context, address, { report, signal, acceptNew }, async (engine) => {
          const found = (await findContainers(engine, group)).filter(
            ({ isRunning, role }) => isRunning || role === 'left' || role === 'service',
          );
          return await Promise.all(
            found.map(async (container) => {
              const image = sectionOf(context, container.section, address);
              return { container, place, state: await stateOf(container, image, { engine, group, signal }) };
            }),
          );
        });
      };
      const places = host.length > 0 ? host : [undefined];
      const all = await Promise.all(
        places.map(async (one) => {
          const address = await engineAddress(context, { host: one });
          return ask(one ?? (address.remote ? address.url : 'here'), address);
        }),
      );
      if (dryRun) return;
      const rows = all.flat();
      if (result) return result({ containers: rows.map(asJson) } satisfies PsJson);
      if (rows.length === 0) return report.info('Nothing of the project runs.');
      const { palette, columns, print } = await openPrinter(context);
      const table = { now: new Date(), withPlaces: places.length > 1 };
      for (const line of renderRunning(rows, table, palette, { columns })) print(line);
    },
  });
}

/** The section that a container runs; undefined where it is wrong, or is there no more. */
function sectionOf(context: TaskContext, section: string, { remote }: EngineAddress): Image | undefined {
  try {
    return imageOf(context, section, { remote, operation: 'run' });
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function asJson({ container, place, state }: RunningRow): RunningJson {
  const { section, name, id, role, started, ports } = container;
  return {
    image: section,
    container: name,
    id,
    place,
    role,
    state: state.text,
    ...(state.ready !== undefined && { ready: state.ready }),
    ...(started && { started: started.toISOString() }),
    ports: [...ports],
  };
}
