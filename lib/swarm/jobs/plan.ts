import { randomBytes } from 'node:crypto';
import type { Engine } from '../../engine/types.js';
import type { Platform } from '../../oci/image-platform.js';
import { processMark } from '../../system/process-mark.js';
import { commandLine } from '../../text/command-line.js';
import type { Draft } from '../draft/draft.js';
import { type Placed, placeDraft } from '../draft/place.js';
import type { ServiceSpec } from '../flags/service-spec.js';
import type { SwarmImage } from '../image.js';

/** On what a job makes: a mark of the process that drives it. */
export const JOB_LABEL = 'gulp-dockerutils.job';

/** On what a job makes: the project that it is of. */
export const JOB_PROJECT_LABEL = 'gulp-dockerutils.job-project';

/** How a job is carried out. */
export interface JobCounts {
  /** How often the image runs, each time with another index. */
  completions: number;
  /** How many of them at a time. */
  atOnce: number;
  /** How often an index that fails runs again. */
  retries: number;
  /** Whether the others go on where one has failed for good. */
  keepGoing: boolean;
}

/** What a job will do in a swarm. The image is on its nodes before it does. */
export interface JobPlan extends Pick<Placed, 'nodes' | 'unlabelled' | 'left'> {
  manager: Engine;
  /** Of the project's section. */
  name: string;
  project: string;
  image: SwarmImage;
  counts: JobCounts;
  /** Whether its containers have a terminal. */
  tty: boolean;
  /** Of all that it makes. */
  mark: string;
  /** The service for one try of an index. */
  specOf: (index: number, tryNumber: number) => ServiceSpec;
  /** `docker …` lines that do the same, without secrets; comments say what has no line. */
  commands: readonly string[];
}

export interface JobRequest {
  name: string;
  project: string;
  draft: Draft;
  platform: Platform;
  counts: JobCounts;
}

/**
 * Never started again by the swarm, and kept until it is removed: with a number of attempts the swarm keeps what has ended
 * even where it has no history otherwise, and would take it for missing.
 */
const ONCE = ['--restart-condition=none', '--restart-max-attempts=1'];

/**
 * Asks a swarm for what a draft names, and says what a job does.
 *
 * @throws {UserError} `NO_NODE`, and `BAD_VALUE` with its place for a network, secret or config that the swarm lacks
 */
export async function planJob(manager: Engine, request: JobRequest): Promise<JobPlan> {
  const { name, project, draft, platform, counts } = request;
  const { ids, keepAway, labelCommands, nodes, unlabelled, left } = await placeDraft(
    manager,
    draft,
    platform,
  );
  const mark = processMark();
  const run = `${draft.name.slice(0, 40)}-${randomBytes(3).toString('hex')}`;
  const tryOf = (index: number, tryNumber: number, labels: readonly string[] = []) =>
    draft.complete(ids, [
      ...keepAway,
      `--name=${run}-${index}${tryNumber === 1 ? '' : `-${tryNumber}`}`,
      ...ONCE,
      ...[`--env=JOB_INDEX=${index}`, `--env=JOB_COUNT=${counts.completions}`],
      ...labels,
    ]);
  const labels = [`--label=${JOB_LABEL}=${mark}`, `--label=${JOB_PROJECT_LABEL}=${project}`];
  const create = ['docker', ...manager.address.cliFlags, 'service', 'create', ...tryOf(0, 1).words];
  return {
    ...{ manager, name, project, image: draft.image, counts, nodes, unlabelled, left, mark },
    tty: draft.request.spec.TaskTemplate.ContainerSpec.TTY ?? false,
    specOf: (index, tryNumber) => tryOf(index, tryNumber, labels).spec,
    commands: [...labelCommands, commandLine(create), ...remarks(counts)],
  };
}

function remarks({ completions, atOnce }: JobCounts): string[] {
  const rest =
    completions === 1 ? [] : [`# and the same for JOB_INDEX=1 to ${completions - 1}, ${atOnce} at a time`];
  return [...rest, '# each is removed when it has ended: docker service rm NAME'];
}
