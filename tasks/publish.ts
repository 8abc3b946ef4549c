import type { EngineAddress } from '../lib/engine/types.js';
import { asReference, partsIn, type ReferenceParts } from '../lib/oci/reference.js';
import type { PublishRequest } from '../lib/publish/index.js';
import { UserError } from '../lib/text/user-error.js';
import type { BareContext, TaskContext } from './context.js';
import { bareContext, engineAddress, imageOf, withMeans } from './context.js';
import { defineTask, type TaskRun } from './define-task.js';
import { type Chosen, DRY_RUN, type FlagTable, type OneOrMore, shown } from './flags.js';
import { readVersion } from './genversion.js';
import { JSON_FLAG } from './json.js';
import { projectImage } from './project-image.js';
import type { PublishJson } from './results.js';
import type { Task } from './task.js';

export interface PublishOptions {
  /** Where to publish, instead of what run.cfg and the environment say. */
  to?: string;
  /** Tags to publish as, instead of the one that would be chosen. */
  tag?: OneOrMore;
  /** Name of the local image, taken as it is, instead of the project's and the section's. */
  imageName?: string;
  /** Print what was published as JSON, a {@link PublishJson} a line for each destination. */
  json?: boolean;
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
  json: JSON_FLAG,
  dryRun: DRY_RUN,
};

/**
 * Uploads an image to a registry, with the credentials of the host's docker configuration.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, `SYNTHETIC_IMAGE`
 */
export function publish(context: TaskContext, name: string, options: PublishOptions = {}): Task {
  const named = projectImage(context, name);
  const isTagFree = options.tag === undefined;
  return publishTask(context, name, options, async ({ tag, imageName }, run, { remote }) => {
    // What `build:app publish:app --tag t2` builds is what it publishes.
    const built = isTagFree && run.includes('build') ? tag?.[0] : undefined;
    const local = imageName === undefined ? undefined : localName(imageName);
    const image = imageOf(context, named.name, {
      remote,
      tag: local?.tag ?? named.tag ?? built,
      repository: local?.repository,
      operation: 'publish',
    });
    const { dictionary } = await readVersion(context, run.report);
    return { image, ...(dictionary.error === null && { version: dictionary.version }) };
  });
}

/** A task that publishes any image of the engine, by its name there; it need not belong to a project. */
export function publishReference(name: string, options: PublishOptions): Task {
  return publishTask(bareContext(), name, options, ({ imageName }) => {
    const { repository, tag = 'latest' } = localName(imageName ?? name);
    const { path } = asParts(repository);
    const image = {
      name,
      repository: path.replace(/^library\//, ''),
      tag,
      reference: asReference(`${repository}:${tag}`),
      publicationTags: [],
    };
    return Promise.resolve({ image });
  });
}

/** Repository and tag of a name of a local image, which stay as they are written. */
function localName(text: string): { repository: string; tag?: string } {
  const { tag } = asParts(text);
  return { repository: tag === undefined ? text : text.slice(0, -tag.length - 1), tag };
}

function asParts(text: string): ReferenceParts {
  const parts = partsIn(text);
  if (!parts || parts.digest !== undefined)
    throw new UserError('BAD_NAME', `${shown(text)} is no name of an image: name, or name:tag.`);
  return parts;
}

type Options = Partial<Chosen<PublishOptions>>;

function publishTask(
  context: BareContext,
  name: string,
  options: PublishOptions,
  find: (
    options: Options,
    run: TaskRun,
    address: EngineAddress,
  ) => Promise<Pick<PublishRequest, 'image' | 'version'>>,
): Task {
  return defineTask(context, {
    kind: 'publish',
    name: `publish:${name}`,
    description: `Uploads ${name} to a registry`,
    flags: PUBLISH_FLAGS,
    options,
    async work(chosen, run) {
      const address = await engineAddress(context);
      const found = await find(chosen, run, address);
      await publishOne(
        context,
        { ...found, to: chosen.to, tags: chosen.tag, env: context.env },
        {
          ...run,
          address,
          dryRun: chosen.dryRun,
        },
      );
    },
  });
}

async function publishOne(
  context: BareContext,
  request: PublishRequest,
  {
    report,
    signal,
    result,
    address,
    dryRun,
  }: Pick<TaskRun, 'report' | 'signal' | 'result'> & { address: EngineAddress; dryRun?: boolean },
): Promise<void> {
  const { assumedEcr, needsAws, openEcr, planPublish, carryOutPublish } =
    await import('../lib/publish/index.js');
  const { env } = context;
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
      tell: (published) =>
        result?.({ kind: 'publish', ok: true, source: plan.source, ...published } satisfies PublishJson),
      credentials: async (registry, use) =>
        registry === ecr?.registry ? ecr.credentials : means.credentials(registry, use),
      async prepare({ registry, path }) {
        if (registry === ecr?.registry && (await ecr.ensureRepository(path)))
          report.info(`made the repository ${path} in Amazon ECR`);
      },
    }),
  );
}
