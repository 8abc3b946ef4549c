import { commandLine } from '../../lib/text/command-line.js';
import { UserError } from '../../lib/text/user-error.js';
import { engineAddress, type TaskContext } from '../context.js';
import { defineTask } from '../define-task.js';
import { ACCEPT_NEW, DRY_RUN, type FlagTable, type OneOrMore } from '../flags.js';
import { JSON_FLAG } from '../json.js';
import { openPrinter } from '../print.js';
import type { DoctorJson } from '../results.js';
import type { Task } from '../task.js';

export interface DoctorOptions {
  /** Hosts that are looked at, instead of those of run.cfg, in the forms that transfer takes. */
  host?: OneOrMore;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Print what is found as JSON, a {@link DoctorJson}. */
  json?: boolean;
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const DOCTOR_FLAGS: FlagTable<DoctorOptions> = {
  host: { type: 'hosts', value: 'HOST', description: 'a host to look at, not those of run.cfg; repeatable' },
  acceptNew: ACCEPT_NEW,
  json: JSON_FLAG,
  dryRun: DRY_RUN,
};

/**
 * Looks at the project, the engine, the hosts, the swarms and the registries, and says what is right, what is not, and what to
 * do. It changes nothing. The task fails when something is wrong; what is only doubtful is no failure.
 */
export function doctor(context: TaskContext, options: DoctorOptions = {}): Task {
  return defineTask(context, {
    kind: 'doctor',
    name: 'doctor',
    description: 'Says what is right, what is not, and what to do',
    flags: DOCTOR_FLAGS,
    options,
    tellsWarnings: true,
    async work({ host, acceptNew, dryRun }, run) {
      const { report, signal, result } = run;
      const { projectHosts, hostChapter, reportHosts } = await import('./hosts.js');
      const { reportSurvey, swarmsOf } = await import('../swarm/survey.js');
      const address = await engineAddress(context);
      const hosts = host?.map((text) => ({ text })) ?? projectHosts(context, address);
      for (const words of [['version'], ['system', 'df']])
        report.command(commandLine(['docker', ...address.cliFlags, ...words]));
      const unknown = await reportHosts(context, hosts, report);
      // What is wrong with sections, those say who look at them.
      const { swarms } = await swarmsOf(context);
      for (const swarm of swarms) reportSurvey(context, swarm, report);
      if (dryRun) return unknown.forEach((problem) => report.warn(problem));

      const [{ projectChapter }, { engineChapter }, { registryChapter }, { swarmChapter }] =
        await Promise.all([
          import('./project.js'),
          import('./engine.js'),
          import('./registries.js'),
          import('./swarms.js'),
        ]);
      const engine = engineChapter(context, address, run);
      const own = engine.then(({ facts }) => facts);
      const chapters = await Promise.all([
        projectChapter(context, address, own),
        engine.then(({ chapter }) => chapter),
        hostChapter(context, hosts, { report, acceptNew, own }),
        swarmChapter(context, swarms, { report, signal, acceptNew }),
        registryChapter(context, address, signal),
      ]);

      const found = chapters.flatMap(({ findings }) => findings).filter(({ state }) => state === 'wrong');
      if (result) result({ right: found.length === 0, chapters } satisfies DoctorJson);
      else {
        const { renderFindings } = await import('../../lib/overview/index.js');
        const { palette, columns, print } = await openPrinter(context);
        for (const line of renderFindings(chapters, palette, columns)) print(line);
      }
      if (found.length > 0)
        throw new UserError(
          'NOT_RIGHT',
          found.length === 1
            ? 'One thing is wrong: see above.'
            : `${found.length} things are wrong: see above.`,
        );
    },
  });
}
