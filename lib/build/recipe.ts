import { existsSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Proxies } from '../flags/proxies.js';
import { ignoreFileOf } from '../ignore/ignore-file.js';
import type { Environment, Image, Project } from '../project/index.js';
import { codeOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';
import { placeOf } from '../text/word.js';
import { type Dockerfile, parseDockerfile } from './dockerfile/index.js';
import { type BuildFlags, parseBuildFlags } from './flags/index.js';

/** What an image is built from: its Dockerfile and the flags of its section, each read once. */
export interface Recipe {
  image: Image;
  flags: BuildFlags;
  dockerfile: DockerfileSource;
}

export interface DockerfileSource {
  /** Absolute. */
  path: string;
  /** Relative to the project root, for messages. */
  shown: string;
  content: Buffer;
  parsed: Dockerfile;
  /** Whether there is a `<Dockerfile>.dockerignore` beside it. */
  ownIgnoreFile: boolean;
}

export interface RecipeOptions {
  /** Gives flags such as `--build-arg NAME` their values; the process's own by default. */
  env?: Environment;
  /** Proxies from the docker configuration, passed as build arguments; the image does not keep them. */
  proxies?: Proxies;
}

/**
 * Reads what an image is built from; the Dockerfile is the one that `-f` of its `build_args` names, where they do.
 *
 * @throws {UserError} `NOT_BUILDABLE` for a synthetic image, `NO_DOCKERFILE` where there is none to read; for flags of
 *   its
 * `build_args` that cannot be honoured, with file and line
 */
export function readRecipe(project: Project, image: Image, options: RecipeOptions = {}): Recipe {
  if (image.synthetic || image.dockerfile === undefined) {
    const sentence = `${image.name} is a synthetic image, which can be run but not built.`;
    throw new UserError('NOT_BUILDABLE', sentence);
  }
  const { env = process.env, proxies } = options;
  const flags = parseBuildFlags(image.buildArgs, { environment: env, directory: project.root, proxies });
  const path = flags.file ?? image.dockerfile;
  const shown = relative(project.root, path).split(sep).join('/');
  const content = readFile(path, placeOfFile(flags, shown));
  const parsed = parseDockerfile(content.toString());
  const ownIgnoreFile = existsSync(ignoreFileOf(path));
  return { image, flags, dockerfile: { path, shown, content, parsed, ownIgnoreFile } };
}

/** The Dockerfile's name in messages, behind the place that names it. */
function placeOfFile({ fileOrigin }: BuildFlags, shown: string): string {
  return fileOrigin ? `${placeOf(fileOrigin)}: ${shown}` : shown;
}

function readFile(path: string, shown: string): Buffer {
  try {
    const content = readFileSync(path);
    if (!isUtf16(content)) return content;
    throw new UserError('BAD_DOCKERFILE', `${shown}:1: is UTF-16 text: save it as UTF-8.`);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const sentence = `${shown} cannot be read (${codeOf(cause)}): it is the Dockerfile to build from.`;
    throw new UserError('NO_DOCKERFILE', sentence, { cause });
  }
}

/** What editors and PowerShell's `>` write on Windows begins so; no engine reads it. */
function isUtf16(content: Buffer): boolean {
  const beginning = content.toString('latin1', 0, 2);
  return beginning === '\xff\xfe' || beginning === '\xfe\xff';
}
