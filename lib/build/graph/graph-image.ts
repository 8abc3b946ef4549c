import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Environment, Image, Project, Word } from '../../project/index.js';
import { UserError } from '../../user-error.js';
import type { BuildArgs } from './read-dockerfile.js';

/** What the graph knows of an image of the project. */
export interface GraphImage {
  name: string;
  repository: string;
  tag: string;
  /** Text of its Dockerfile. */
  dockerfile: string;
  /** The Dockerfile's path relative to the project root, for messages. */
  file: string;
  /** Build arguments that the user gives. */
  buildArgs: BuildArgs;
  /** The stage that is built, where it is not the last. */
  target?: string;
}

/**
 * Reads an image's Dockerfile and the build flags that its meaning depends on.
 *
 * @throws UserError `NO_DOCKERFILE` where it is synthetic, or its Dockerfile cannot be read.
 */
export function readGraphImage(project: Project, image: Image, env: Environment = process.env): GraphImage {
  const { name, repository, tag, dockerfile } = image;
  if (image.synthetic || dockerfile === undefined) {
    throw new UserError('NO_DOCKERFILE', `${name} is a synthetic image: it has no Dockerfile`);
  }
  const file = relative(project.root, dockerfile).split(sep).join('/');
  try {
    const text = readFileSync(dockerfile, 'utf8');
    return { name, repository, tag, dockerfile: text, file, ...buildFlags(image.buildArgs, env) };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new UserError('NO_DOCKERFILE', `${file} cannot be read (${code})`, { cause });
  }
}

/** `--build-arg` and `--target`, in the forms that docker build takes; everything else is left alone. */
function buildFlags(words: readonly Word[], env: Environment): { buildArgs: BuildArgs; target?: string } {
  const buildArgs: Record<string, string> = Object.create(null) as Record<string, string>;
  let target: string | undefined;
  for (let index = 0; index < words.length; index++) {
    const [, flag, attached] = /^--(build-arg|target)(?:=([^]*))?$/.exec(words[index]!.text) ?? [];
    if (flag === undefined) continue;
    const value = attached ?? words[++index]?.text ?? '';
    if (flag === 'target') target = value;
    else {
      const [, name, given] = /^([^=]*)(?:=([^]*))?$/.exec(value)!;
      const held = given ?? env[name!];
      if (held !== undefined) buildArgs[name!] = held;
    }
  }
  return { buildArgs, ...(target !== undefined && { target }) };
}
