import type { Image } from '../project/types.js';
import { commandLine } from '../text/command-line.js';
import { trimmed } from '../text/trim.js';
import { UserError } from '../text/user-error.js';
import { type Origin, placeOf } from '../text/word.js';
import { type Destination, parseDestination } from './destination.js';

export interface PublishRequest {
  image: PublishedImage;
  /** `--to`: repository, or reference with its own tag. */
  to?: string;
  /** `--tag`: replaces every tag that would be chosen otherwise. */
  tags?: readonly string[];
  /** For DOCKER_REPOSITORY and BUILD_NUMBER. */
  env: NodeJS.ProcessEnv;
  /** The project's version, as genversion computes it. */
  version?: string;
  /** For `{account}`, `{region}` and `image_repo=aws`; see {@link needsAws}. */
  aws?: AwsPlace;
}

/** The properties of an image that decide where it is published. */
export type PublishedImage = Pick<
  Image,
  'name' | 'repository' | 'tag' | 'reference' | 'publicationTags' | 'imageRepo'
>;

/** Whose Amazon ECR, and where. */
export interface AwsPlace {
  account: string;
  region: string;
  /** Host of the registry. */
  registry: string;
}

export interface PublishPlan {
  /** Reference of the local image. */
  source: string;
  /** Where it goes, at least one, without repetitions. */
  destinations: readonly Destination[];
  /** The equivalent `docker …` lines. */
  commands: readonly string[];
}

/**
 * What to push where: `--to`, else `publication_tag`, else `image_repo` with the image's name, else DOCKER_REPOSITORY
 * with the image's name; tagged by `--tag`, else the reference's own tag, else BUILD_NUMBER, else the version (with
 * `-` for `+`, which a tag cannot hold), else the image's tag.
 *
 * @throws {UserError} `NO_DESTINATION` when nothing says where, `NO_VALUE` for a `{version}` that there is not,
 * and those of {@link parseDestination}, with the place in run.cfg where there is one
 */
export function planPublish(request: PublishRequest): PublishPlan {
  const { image, tags = [], env, version } = request;
  const defaultTag = env.BUILD_NUMBER || (version && asTag(version)) || image.tag;
  const byReference = new Map<string, Destination>();
  for (const { text, origin } of targets(request)) {
    for (const tag of tags.length ? tags : [undefined]) {
      const destination = placed(origin, () => parseDestination(replace(text, request), { tag, defaultTag }));
      byReference.set(destination.reference, destination);
    }
  }
  const destinations = [...byReference.values()];
  const commands = destinations.flatMap(({ reference }) => [
    ...(reference === image.reference ? [] : [commandLine(['docker', 'tag', image.reference, reference])]),
    commandLine(['docker', 'push', reference]),
  ]);
  return { source: image.reference, destinations, commands };
}

/** Whether the account and region of Amazon ECR must be known before {@link planPublish}. */
export function needsAws({ image, to }: Pick<PublishRequest, 'image' | 'to'>): boolean {
  if (to !== undefined) return /\{(account|region)\}/.test(to);
  if (image.publicationTags.length)
    return image.publicationTags.some(({ text }) => /\{(account|region)\}/.test(text));
  return image.imageRepo?.text === 'aws';
}

interface Target {
  text: string;
  origin?: Origin;
}

function targets({ image, to, env, aws }: PublishRequest): readonly Target[] {
  if (to !== undefined) return [{ text: to, origin: { file: '--to' } }];
  if (image.publicationTags.length) return image.publicationTags;
  const { text: repo = env.DOCKER_REPOSITORY, origin = { file: 'DOCKER_REPOSITORY' } } =
    image.imageRepo ?? {};
  const registry = repo === 'aws' && image.imageRepo ? aws?.registry : repo;
  if (registry) return [{ text: `${trimmed(registry, /\//, 'end')}/${image.repository}`, origin }];
  throw new UserError(
    'NO_DESTINATION',
    `Nothing says where to publish ${image.name}: give --to, or set publication_tag or image_repo in [${image.name}] ` +
      'of run.cfg, or DOCKER_REPOSITORY in the environment.',
  );
}

function replace(text: string, { version, aws }: PublishRequest): string {
  const values: Record<string, string | undefined> = {
    version: version && asTag(version),
    account: aws?.account,
    region: aws?.region,
  };
  return text.replace(/\{(version|account|region)\}/g, (variable, name: string) => {
    const value = values[name];
    if (value) return value;
    const reason = name === 'version' ? 'the project has no version' : 'it is not known';
    throw new UserError('NO_VALUE', `${text} has ${variable}, and ${reason}.`);
  });
}

function asTag(version: string): string {
  return version.replaceAll('+', '-');
}

function placed<Result>(origin: Origin | undefined, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!origin || !(error instanceof UserError)) throw error;
    throw new UserError(error.code, `${placeOf(origin)}: ${error.message}`, { cause: error });
  }
}
