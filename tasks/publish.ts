import { checkBuildable } from './check-buildable.js';
import { engineAddress, imageOf, type TaskContext, withMeans } from './context.js';
import { defineTask, type TaskRun } from './define-task.js';
import { type Chosen, DRY_RUN, type FlagTable, type OneOrMore } from './flags.js';
import { readVersion } from './genversion.js';
import type { Task } from './task.js';

export interface PublishOptions {
  /** Where to publish, instead of what run.cfg and the environment say. */
  to?: string;
  /** Tags to publish as, instead of the one that would be chosen. */
  tag?: OneOrMore;
  /** Name of the local image, taken as it is, instead of the project's and the section's. */
  imageName?: string;
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const PUBLISH_FLAGS: FlagTable<PublishOptions> = {
  to: { type: 'string', value: 'REFERENCE', description: 'where to publish, instead of what run.cfg says' },
  tag: { type: 'list', short: 't', value: 'TAG', description: 'tag to publish as, repeatable' },
  imageName: {
    type: 'string',
    short: 'i',
    spellings: ['image_name'],
    alike: ['name'],
    value: 'NAME',
    description: 'name of the local image, taken as it is',
  },
  dryRun: DRY_RUN,
};

/**
 * Uploads an image to a registry, with the credentials of the host's docker configuration.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, `SYNTHETIC_IMAGE`
 */
export function publish(context: TaskContext, name: string, options: PublishOptions = {}): Task {
  checkBuildable(context.project, name);
  const isTagFree = options.tag === undefined;
  return defineTask(context, {
    kind: 'publish',
    name: `publish:${name}`,
    description: `Uploads ${name} to a registry`,
    flags: PUBLISH_FLAGS,
    options,
    work: (chosen, run) =>
      // What `build:app publish:app --tag t2` builds is what it publishes.
      publishOne(
        context,
        name,
        isTagFree && run.includes('build') ? chosen.tag?.[0] : undefined,
        chosen,
        run,
      ),
  });
}

async function publishOne(
  context: TaskContext,
  name: string,
  builtTag: string | undefined,
  { to, tag, imageName, dryRun }: Partial<Chosen<PublishOptions>>,
  { report, signal }: TaskRun,
): Promise<void> {
  const { assumedEcr, needsAws, openEcr, planPublish, carryOutPublish } =
    await import('../lib/publish/index.js');
  const { env } = context;
  const address = await engineAddress(context);
  const { remote } = address;
  const image = imageOf(context, name, {
    remote,
    tag: builtTag,
    repository: imageName,
    operation: 'publish',
  });
  const { dictionary } = await readVersion(context, report);
  const version = dictionary.error === null ? dictionary.version : undefined;
  const request = { image, to, tags: tag, env, version };

  if (dryRun) {
    const aws = needsAws(request) ? assumedEcr(env) : undefined;
    if (aws) report.info(`A dry run does not ask AWS: ${aws.registry} stands for its registry.`);
    return planPublish({ ...request, aws }).commands.forEach((command) => report.command(command));
  }
  const ecr = needsAws(request) ? await openEcr({ env, signal }) : undefined;
  const plan = planPublish({ ...request, aws: ecr });
  await withMeans(context, address, { report, signal }, (means) =>
    carryOutPublish(plan, {
      ...means,
      credentials: async (registry) =>
        registry === ecr?.registry ? ecr.credentials : means.credentials(registry),
      async prepare({ registry, path }) {
        if (registry === ecr?.registry && (await ecr.ensureRepository(path)))
          report.info(`made the repository ${path} in Amazon ECR`);
      },
    }),
  );
}
