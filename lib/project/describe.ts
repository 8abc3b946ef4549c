import { join } from 'node:path';
import { checkRepository, checkTag, imageReference } from '../oci/image-name.js';
import type { Reference } from '../oci/reference.js';
import { didYouMean } from '../text/did-you-mean.js';
import { UserError } from '../text/user-error.js';
import { placeOf, type Word } from '../text/word.js';
import { isFolder } from './entry.js';
import { type KeyName, KEYS, type Operation } from './keys/keys.js';
import { projectWords } from './load.js';
import { DOCKER_FOLDER } from './root.js';
import type { Environment } from './run-cfg/replacement.js';
import { SectionReader } from './run-cfg/section.js';
import { imageSections, syntheticLine } from './run-cfg/sections.js';
import { readOutputs } from './settings/outputs.js';
import { readServiceSettings, type ServiceSettings } from './settings/service-settings.js';
import { readSwarmSettings } from './settings/swarm-settings.js';
import { readName } from './settings/written-name.js';
import type { Image, Project } from './types.js';

export interface DescribeOptions {
  /** Whether the engine is remote: `<key>_docked` is then used instead of `<key>`. */
  remote: boolean;
  /** Instead of the section's tag, or the user's name. */
  tag?: string;
  /** Instead of the whole name that project and section make, taken as it is. */
  repository?: string;
  /** The environment; the process's own by default. */
  env?: Environment;
  /** Only the keys that this operation uses are resolved, so that a variable that only CI has stops CI alone. */
  operation?: Operation;
}

/** Names of all images: those that can be built, then the synthetic ones. */
export function imageNames(project: Project): string[] {
  return [...project.images, ...project.synthetic];
}

/**
 * An image with its section of run.cfg, every value resolved.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, `BAD_SECTION` with everything that is wrong in the section,
 *   each
 * with its place, or `BAD_NAME` and `BAD_TAG` for what no reference can hold.
 */
export function describeImage(project: Project, name: string, options: DescribeOptions): Image {
  checkImage(project, name);
  const reader = openSection(project, name, options);
  reader.checkKeys();
  const naming = nameImage({ project, name, reader, options });
  reader.define('tag', naming.named.tag);
  const settings = readKeys(reader, options.operation, project.root);
  const service = usedBy('stop_timeout', options.operation)
    ? readServiceSettings(reader, [...new Set([...imageNames(project), ...imageSections(project.config)])])
    : NO_SERVICE;
  reader.throwProblems();
  return { name, ...naming.named, reference: referTo(naming), ...settings, service };
}

/** A reader of an image's section. */
export function openSection(
  project: Project,
  name: string,
  { remote, env = process.env }: DescribeOptions,
): SectionReader {
  const words = projectWords(project.root, project.user, env).set('image', name);
  return new SectionReader(project.config, name, remote, {
    words,
    env: { ...project.config.variables, ...env },
  });
}

/**
 * @throws {UserError} `UNKNOWN_IMAGE`, with what may be meant, or `NO_DOCKERFILE` for a folder of `docker/` that is no
 *   image
 */
export function checkImage(project: Project, name: string): void {
  if (project.images.includes(name) || project.synthetic.includes(name)) return;
  const known = imageNames(project);
  const isFolderName = name !== '' && !/[/\\]|^\.{1,2}$|\0/.test(name);
  if (isFolderName && isFolder(join(project.root, DOCKER_FOLDER, name))) {
    throw new UserError('NO_DOCKERFILE', `docker/${name} has no Dockerfile, so it is no image`);
  }
  const list =
    known.length > 0 ? `known are ${known.join(', ')}` : 'there is none: make docker/<image>/Dockerfile';
  throw new UserError(
    'UNKNOWN_IMAGE',
    `unknown image ${JSON.stringify(name)}${didYouMean(name, known)}; ${list}`,
  );
}

type Named = Pick<Image, 'synthetic' | 'folder' | 'dockerfile' | 'repository' | 'tag'>;

interface Naming {
  named: Named;
  /** Where name and tag come from, for messages; the user's name as a tag comes from nowhere, and always fits. */
  places: { repository: string; tag?: string };
}

/** An image, and where what is said of it stands. */
interface Described {
  project: Project;
  name: string;
  reader: SectionReader;
  options: DescribeOptions;
}

function nameImage(described: Described): Naming {
  const { project, name, reader, options } = described;
  const synthetic = project.synthetic.includes(name);
  const { named, tagged, prefix } = readName(reader, synthetic);
  // A synthetic image runs what the image that it names was built as.
  const runs = synthetic ? namedImage(described, { named, prefix }) : undefined;

  const short = named?.text ?? name;
  const own = {
    repository: prefix ? `${project.name}-${short}` : short,
    tag: project.user,
    ...runs,
    ...(tagged && { tag: tagged.text }),
  };
  const repository = options.repository ?? own.repository;
  const tag = options.tag ?? own.tag;
  const source = synthetic ? runs : { folder: join(project.root, DOCKER_FOLDER, name) };
  const folder = source?.folder;
  return {
    named: {
      synthetic,
      ...(folder !== undefined && { folder, dockerfile: join(folder, 'Dockerfile') }),
      repository,
      tag,
    },
    places: placesOf(name, { named, tagged }, options),
  };
}

function placesOf(
  name: string,
  { named, tagged }: { named?: Word; tagged?: Word },
  { repository, tag }: DescribeOptions,
): Naming['places'] {
  return {
    repository: repository === undefined ? (placeOfWord(named) ?? `docker/${name}`) : '--image-name',
    tag: tag === undefined ? placeOfWord(tagged) : '--tag',
  };
}

/** @throws {UserError} `BAD_NAME` or `BAD_TAG` with the place of what no reference can hold */
function referTo({ named: { repository, tag }, places }: Naming): Reference {
  explained(() => checkRepository(repository), places.repository);
  explained(() => checkTag(tag), places.tag);
  return imageReference(repository, tag);
}

function namedImage(
  { project, name, reader, options }: Described,
  { named, prefix }: { named?: Word; prefix: boolean },
): Named | undefined {
  const { config, images } = project;
  if (!named) {
    const line = config.sections.get(name)?.line ?? syntheticLine(config);
    const message = `synthetic image "${name}" needs name= in a section [${name}]: the image that it runs`;
    reader.problemAt(line, `${message} (${images.join(', ')})`);
    return undefined;
  }
  if (!prefix) return undefined;
  if (images.includes(named.text)) {
    const target = openSection(project, named.text, options);
    const naming = nameImage({
      project,
      name: named.text,
      reader: target,
      options: { ...options, tag: undefined, repository: undefined },
    });
    target.throwProblems();
    referTo(naming);
    return naming.named;
  }
  reader.complain(
    'name',
    `must be an image, found ${JSON.stringify(named.text)}${didYouMean(named.text, images)}`,
  );
  return undefined;
}

type Settings = Omit<Image, 'name' | 'reference' | 'service' | keyof Named>;

const NO_SERVICE: ServiceSettings = { dependsOn: [], reuse: false };

function usedBy(key: KeyName, operation: Operation | undefined): boolean {
  return operation === undefined || KEYS[key].usedBy.some((one) => one === operation);
}

function readKeys(reader: SectionReader, operation: Operation | undefined, root: string): Settings {
  const used = (key: KeyName) => usedBy(key, operation);
  const words = (key: KeyName) => (used(key) ? reader.words(key) : undefined) ?? [];
  const list = (key: KeyName) => (used(key) ? reader.list(key) : undefined) ?? [];
  const word = (key: KeyName) => (used(key) ? reader.word(key) : undefined);
  return {
    environment: words('environment'),
    env: (used('env') ? reader.variables('env') : undefined) ?? [],
    interactive: used('interactive') ? readInteractive(reader) : undefined,
    gpu: words('gpu'),
    network: word('network'),
    volumes: words('volumes'),
    ports: words('ports'),
    args: words('args'),
    cmd: (used('cmd') ? reader.command('cmd') : undefined) ?? [],
    outputs: used('outputs') ? readOutputs(reader, root) : [],
    liveIgnore: list('live_ignore'),
    liveBack: list('live_back'),
    liveRestart: list('live_restart'),
    liveRebuild: used('live_rebuild') ? reader.list('live_rebuild') : undefined,
    buildArgs: words('build_args'),
    pullFromOnForce: (used('pull_from_on_force') && reader.boolean('pull_from_on_force')) || false,
    preBuildScript: words('pre_build_script'),
    postBuildScript: words('post_build_script'),
    imageRepo: word('image_repo'),
    publicationTags: list('publication_tag'),
    hosts: list('host'),
    swarm: readSwarmSettings({ word, list, words }),
  };
}

function readInteractive(reader: SectionReader): Word[] | undefined {
  const words = reader
    .words('interactive')
    ?.map((word) => (word.text === '-e' ? { ...word, text: '-i' } : word));
  for (const { text } of words ?? []) {
    if (!/^(?:-[itd]+|--(?:interactive|tty|detach))$/.test(text)) {
      reader.complain('interactive', `takes -it, -i, -t, -d or nothing, found ${JSON.stringify(text)}`);
    }
  }
  return words;
}

function placeOfWord(word: Word | undefined): string | undefined {
  return word?.origin && placeOf(word.origin);
}

/** Runs a check and puts the place before its sentence. */
function explained(check: () => void, where: string | undefined): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof UserError) || where === undefined) throw error;
    throw new UserError(error.code, `${where}: ${error.message}`);
  }
}
