import { isText } from '../../text/record.js';
import type { StartFile } from '../start-plan.js';
import { buildKey, buildOf } from './build.js';
import { NotCarried } from './not-carried.js';
import { type Conversion, type Section, Target } from './target.js';

export interface ConvertedImages {
  /** What makes the images. */
  files: readonly StartFile[];
  /** Sections with what they say of names and builds. */
  sections: readonly { section: Section; service: Record<string, unknown> }[];
  /** Names of those that are built. */
  built: readonly string[];
}

/** Names that mean something else in run.cfg. */
const TAKEN = ['DEFAULT', 'run_image', 'run-image'];

/** Finds out what each service is: an image that is built, one that another service builds, or one from outside. */
export function convertImages(
  services: ReadonlyMap<string, Record<string, unknown>>,
  conversion: Conversion,
): ConvertedImages {
  const files: StartFile[] = [];
  const owners = new Map<string, string>();
  const sections: ConvertedImages['sections'][number][] = [];
  for (const [name, service] of services) {
    const section: Section = { name, keys: new Map() };
    new Target(conversion, section, ['services', name]).attempt((to) => {
      if (TAKEN.includes(name))
        throw new NotCarried('has no section: its name means something else in run.cfg');
      if (service.build === undefined) fromOutside(service.image, to.at('image'));
      else files.push(...built({ name, service, owners }, to.at('build')));
      sections.push({ section, service });
      conversion.carried.add(name);
    });
  }
  return { files, sections, built: [...owners.values()] };
}

function fromOutside(image: unknown, to: Target): void {
  if (!isText(image))
    throw new NotCarried('is missing, and so is build: the service has no section', to.path);
  named(image, to);
}

interface BuiltService {
  name: string;
  service: Record<string, unknown>;
  /** Which service builds an image, by what it is built of. */
  owners: Map<string, string>;
}

function built({ name, service, owners }: BuiltService, to: Target): StartFile[] {
  const key = buildKey(service.build);
  const owner = owners.get(key);
  if (owner !== undefined) {
    to.add('name', owner);
    return [];
  }
  const files = buildOf(name, service.build, to);
  owners.set(key, name);
  if (isText(service.image)) named(service.image, to.at('image'));
  else if (!REPOSITORY.test(name)) to.add('name', name.toLowerCase().replace(/[^a-z0-9]+/g, '-'));
  return files;
}

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;

/** The name that an image has by itself, without the project's. */
function named(image: string, to: Target): void {
  const [whole = '', digest] = to.word(image).split('@');
  const colon = whole.lastIndexOf(':');
  const hasTag = colon > whole.lastIndexOf('/');
  const repository = hasTag ? whole.slice(0, colon) : whole;
  if (digest !== undefined)
    to.told('has a digest, which is not carried over: a tag names an image in run.cfg');
  to.add('name', repository);
  to.add('prefix', 'False');
  if (hasTag) to.add('tag', whole.slice(colon + 1));
  // What a variable names may have its tag in it.
  else if (!repository.includes('$')) to.add('tag', 'latest');
}
