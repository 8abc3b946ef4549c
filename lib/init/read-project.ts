import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isFile } from '../project/entry.js';
import { DOCKER_FOLDER, projectName } from '../project/root.js';
import { UserError } from '../text/user-error.js';
import { readBesides } from './besides.js';
import { type NodeFacts, readNode } from './node/read-node.js';
import { type PythonFacts, readPython } from './python/read-python.js';

/** What can be found out about a project that has no `docker/` yet. */
export interface ProjectFacts {
  /** The project's part of image names. */
  name: string;
  python?: PythonFacts;
  node?: NodeFacts;
  /** Name of its gulpfile, where it has one. */
  gulpfile?: string;
  /** Sentences on files of other tools. */
  besides: readonly string[];
}

/** What is asked of every project. */
export async function readSurroundings(root: string): Promise<Omit<ProjectFacts, 'python'>> {
  const node = await readNode(root);
  const gulpfile = readdirSync(root).find((name) => /^gulpfile\.(babel\.)?[cm]?[jt]s$/i.test(name));
  return {
    name: projectName(root),
    besides: readBesides(root),
    ...(node && { node }),
    ...(gulpfile !== undefined && { gulpfile }),
  };
}

/** @throws {UserError} `ALREADY_STARTED` where `docker/` holds an image */
export async function readProject(root: string): Promise<ProjectFacts> {
  const folder = join(root, DOCKER_FOLDER);
  const images = existsSync(folder)
    ? readdirSync(folder).filter((name) => isFile(join(folder, name, 'Dockerfile')))
    : [];
  if (images.length > 0)
    throw new UserError(
      'ALREADY_STARTED',
      `There is nothing to start: docker/ holds ${images.join(', ')} already. "npx gulp --tasks" lists what can be done.`,
    );
  const python = await readPython(root);
  return { ...(await readSurroundings(root)), ...(python && { python }) };
}
