import type { Reference } from '../oci/reference.js';
import type { Word } from '../text/word.js';
import type { RunConfig } from './run-cfg/run-config.js';
import type { Output } from './settings/outputs.js';
import type { ServiceSettings } from './settings/service-settings.js';

/** A project: its root folder and what `docker/` holds. Nothing in it has been resolved yet. */
export interface Project {
  /** Absolute path of the folder that holds `docker/`. */
  root: string;
  /** The root folder's name, as it is. */
  folderName: string;
  /** The project's part of image names: `folderName` lower-cased, with `-` for what a name cannot hold. */
  name: string;
  /** The user part of tags and container names. */
  user: string;
  /** Folders of `docker/` with a Dockerfile, sorted. */
  images: readonly string[];
  /** Names of `[run_image] synthetic_images`, in the order of the file, and those that a `depends_on` adds. */
  synthetic: readonly string[];
  /** Things worth a line on the screen that stop nothing, such as a section that belongs to no image. */
  warnings: readonly string[];
  /** run.cfg as it was read; `describeImage` resolves it. */
  config: RunConfig;
}

/** What the section of an image says of a swarm, as words. */
export interface SwarmSettings {
  /** A manager, in the forms of a host. */
  manager?: Word;
  /** Hosts that are nodes. */
  nodes: readonly Word[];
  replicas?: Word;
  /** `name=value` each. */
  update: readonly Word[];
  constraints: readonly Word[];
  /** `name=value` each. */
  reserve: readonly Word[];
  secrets: readonly Word[];
  configs: readonly Word[];
}

/** An image with its run.cfg section, every value resolved. */
export interface Image {
  /** Name of the task: a folder of `docker/` or a synthetic image. */
  name: string;
  synthetic: boolean;
  /** Absolute path of the folder it is built from; absent for an image that is only run (`prefix=False`). */
  folder?: string;
  /** Absolute path of the Dockerfile; absent where `folder` is. */
  dockerfile?: string;
  /** Reference without the tag: `<project>-<image>`, or what `name` and `prefix` make of it. */
  repository: string;
  tag: string;
  /** `repository:tag`. */
  reference: Reference;

  /** `docker run` flags of the section, by key; words in the order of the file. */
  environment: readonly Word[];
  /** `NAME=value` of the section that `env=` names. */
  env: readonly Word[];
  /** Undefined where the section says nothing, empty where it says `interactive=`. */
  interactive?: readonly Word[];
  gpu: readonly Word[];
  network?: Word;
  volumes: readonly Word[];
  ports: readonly Word[];
  args: readonly Word[];
  cmd: readonly Word[];
  /** What is copied out of its container when that ends. */
  outputs: readonly Output[];
  /** What runs beside it, and what it is to those that it runs beside. */
  service: ServiceSettings;
  /** Patterns of what is not synced. */
  liveIgnore: readonly Word[];
  /** Patterns of what its container writes that comes back. */
  liveBack: readonly Word[];
  /** Patterns of what its container is started again for. */
  liveRestart?: readonly Word[];
  /** Patterns of what it is built again for. Undefined where the section says nothing. */
  liveRebuild?: readonly Word[];

  /** `docker build` flags. */
  buildArgs: readonly Word[];
  pullFromOnForce: boolean;
  /** A command and its arguments, carried out without a shell in the project root; empty where there is none. */
  preBuildScript: readonly Word[];
  postBuildScript: readonly Word[];

  imageRepo?: Word;
  /** References to publish to; `{account}`, `{region}` and `{version}` still stand in them. */
  publicationTags: readonly Word[];
  /** `[user@]host[:port]`, ssh:// or tcp:// addresses, or names of docker contexts. */
  hosts: readonly Word[];

  /** What a deployment to a swarm takes, beside what a run does. */
  swarm: SwarmSettings;
}
