import { ACCEPT_NEW, DRY_RUN, ENGINE_HOST, type FlagTable, type OneOrMore, TAG } from './flags.js';
import { JSON_FLAG } from './json.js';

export interface BuildOptions {
  /** Build the images first that this one is built from. */
  base?: boolean;
  /** Ask the registry for newer base images. */
  pull?: boolean;
  /** Build every step again. */
  noCache?: boolean;
  /** Tag of the image, instead of the section's or the user's name. */
  tag?: string;
  /** Name of the image, taken as it is, instead of the project's and the section's. */
  imageName?: string;
  /** The engine that builds, instead of the one that the environment names. */
  host?: string;
  /** `NAME=value` for the Dockerfile, or `NAME` for the value that it has here. Default: none. */
  buildArg?: OneOrMore;
  /** The stage to build, instead of the last one. */
  target?: string;
  /** `os/architecture`, also of the images that are built first. Default: the engine's own. */
  platform?: OneOrMore;
  /** A secret of the build, as `docker build --secret` takes it. Default: none. */
  secret?: OneOrMore;
  /** An ssh agent or key for the build, as `docker build --ssh` takes it. Default: none. */
  ssh?: OneOrMore;
  /** `NAME=value`, a label of the image. Default: none. */
  label?: OneOrMore;
  /** `plain` shows all output of all steps; also `auto`, `tty`, `quiet`, `rawjson`. Default: `auto`. */
  progress?: string;
  /** A folder for the files that are built, or `type=tar,dest=…`, instead of an image of the engine. */
  output?: string;
  /** Further `docker build` flags, in a shell's words, behind those of the section. Default: none. */
  buildArgs?: string;
  /** Trust a host whose key is not known yet, and remember it. */
  acceptNew?: boolean;
  /** Print what was built as JSON, a {@link BuildJson} a line for each image. */
  json?: boolean;
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const BUILD_FLAGS: FlagTable<BuildOptions> = {
  base: {
    type: 'boolean',
    name: 'force-base',
    short: 'f',
    spellings: ['force_build_base'],
    alike: ['force', 'bases'],
    description: 'build the images first that it is built from',
  },
  pull: {
    type: 'boolean',
    short: 'p',
    spellings: ['pull_base'],
    description: 'ask the registry for newer base images',
  },
  noCache: { type: 'boolean', description: 'build every step again' },
  tag: { ...TAG, spellings: ['image_tag'] },
  imageName: {
    type: 'string',
    short: 'i',
    spellings: ['image_name'],
    alike: ['name'],
    value: 'NAME',
    description: 'name of the image, taken as it is',
  },
  host: { ...ENGINE_HOST, yieldsTo: ['transfer', 'locked-down'] },
  buildArg: { type: 'list', value: 'NAME=VALUE', description: 'argument for the Dockerfile, repeatable' },
  target: { type: 'string', value: 'STAGE', description: 'stage to build, instead of the last one' },
  platform: { type: 'list', value: 'OS/ARCH', description: 'platform to build for, repeatable' },
  secret: { type: 'list', value: 'SECRET', unlisted: true, description: 'secret of the build, repeatable' },
  ssh: {
    type: 'list',
    value: 'SSH',
    unlisted: true,
    description: 'ssh agent or key for the build, repeatable',
  },
  label: { type: 'list', value: 'NAME=VALUE', unlisted: true, description: 'label of the image, repeatable' },
  progress: { type: 'string', value: 'MODE', unlisted: true, description: 'plain: all output of all steps' },
  output: {
    type: 'string',
    short: 'o',
    value: 'FOLDER',
    description: 'write the files that are built there, and keep no image',
  },
  buildArgs: { type: 'string', value: 'FLAGS', description: 'further docker build flags' },
  acceptNew: { ...ACCEPT_NEW, unlisted: true },
  json: JSON_FLAG,
  dryRun: DRY_RUN,
};
