import { randomBytes } from 'node:crypto';
import type { SwarmNode } from '../../engine/swarm/nodes.js';
import type { Engine } from '../../engine/types.js';
import type { Platform } from '../../oci/image-platform.js';
import { processMark } from '../../system/process-mark.js';
import { commandLine } from '../../text/command-line.js';
import type { Draft } from '../deploy/draft.js';
import { completeDraft } from '../deploy/plan.js';
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
export interface JobPlan {
  manager: Engine;
  /** Of the project's section. */
  name: string;
  project: string;
  image: SwarmImage;
  counts: JobCounts;
  /** Whether its containers have a terminal. */
  tty: boolean;
  /** The nodes that may run it. */
  nodes: readonly SwarmNode[];
  unlabelled: readonly SwarmNode[];
  left: readonly string[];
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

/** What a section says of a service that is to run on, and labels that would make one of it. */
const NOT_OF_JOBS =
  /^--(name|replicas|mode|update-[a-z-]+|rollback-[a-z-]+|restart-[a-z-]+|endpoint-mode|label=gulp-dockerutils\.[a-z]+)=/;

/**
 * Asks a swarm for what a draft names, and says what a job does.
 *
 * @throws {UserError} `NO_NODE`, and `BAD_VALUE` with its place for a network, secret or config that the swarm lacks
 */
export async function planJob(manager: Engine, request: JobRequest): Promise<JobPlan> {
  const { name, project, draft, platform, counts } = request;
  const { words, spec, nodes, unlabelled, left, labelCommands } = await completeDraft(
    manager,
    draft,
    platform,
  );
  const mark = processMark();
  const run = `${draft.name.slice(0, 40)}-${randomBytes(3).toString('hex')}`;
  const specOf = (index: number, tryNumber: number): ServiceSpec => {
    const { UpdateConfig: _update, RollbackConfig: _rollback, ...rest } = spec;
    const { ContainerSpec: container, ...task } = spec.TaskTemplate;
    const Env = [...(container.Env ?? []), `JOB_INDEX=${index}`, `JOB_COUNT=${counts.completions}`];
    return {
      ...rest,
      Name: `${run}-${index}${tryNumber === 1 ? '' : `-${tryNumber}`}`,
      Labels: { ...ownLabels(spec), [JOB_LABEL]: mark, [JOB_PROJECT_LABEL]: project },
      Mode: { Replicated: { Replicas: 1 } },
      TaskTemplate: {
        ...task,
        ContainerSpec: { ...container, Env },
        RestartPolicy: { Condition: 'none' },
      },
    };
  };
  const line = [
    ...[
      'docker',
      ...manager.address.cliFlags,
      'service',
      'create',
      `--name=${run}-0`,
      '--restart-condition=none',
    ],
    ...['--env=JOB_INDEX=0', `--env=JOB_COUNT=${counts.completions}`],
    ...words.filter((word) => !NOT_OF_JOBS.test(word)),
  ];
  return {
    ...{ manager, name, project, image: draft.image, counts, nodes, unlabelled, left, mark, specOf },
    tty: spec.TaskTemplate.ContainerSpec.TTY ?? false,
    commands: [...labelCommands, commandLine(line), ...remarks(counts)],
  };
}

function ownLabels({ Labels }: ServiceSpec): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Labels).filter(([label]) => !label.startsWith('gulp-dockerutils.')),
  );
}

function remarks({ completions, atOnce }: JobCounts): string[] {
  const rest =
    completions === 1 ? [] : [`# and the same for JOB_INDEX=1 to ${completions - 1}, ${atOnce} at a time`];
  return [...rest, '# each is removed when it has ended: docker service rm NAME'];
}
