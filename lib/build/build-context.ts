import fs from 'node:fs';
import path from 'node:path';
import { ignoreFileOf, readIgnoreRules } from '../ignore/ignore-file.js';
import type { Pattern } from '../ignore/pattern.js';
import { UserError } from '../text/user-error.js';
import { filesContext, madeFile } from './context/files.js';
import { folderContext } from './context/folder.js';
import { withAdditions } from './context/overlay.js';
import type { ContextSource } from './context/source.js';
import { isFetchedByEngine } from './flags/named-context.js';
import type { BuildPlan } from './plan.js';
import { noneSent, type SyncCount } from './session/file-sync.js';

/** The files of a build: at hand, so that an engine may ask for those that it does not have, or passing by once. */
export type BuildContext = (FileContext | ArchiveContext) & {
  /** Counts up while the files are sent. */
  sent: SyncCount;
};

export interface FileContext {
  source: ContextSource;
  /** What the ignore file leaves out. */
  exclude: readonly Pattern[];
}

export interface ArchiveContext {
  /** A tar archive with the Dockerfile in it. */
  archive: AsyncIterable<Buffer>;
}

/**
 * The project's folder as a plan has it.
 * @throws {UserError} `IGNORE_FILE_UNREADABLE`, `IGNORE_PATTERN`
 */
export function projectContext(plan: BuildPlan): BuildContext {
  return {
    source: withAdditions(folderContext(plan.root), plan.additions),
    exclude: readIgnoreRules(plan.root, plan.dockerfile.path).patterns,
    sent: noneSent(),
  };
}

/**
 * The Dockerfile and its own ignore file, which BuildKit fetches apart from the context. They are told apart by their
 * content: several images of a project share a key, and their Dockerfiles a name.
 */
export function dockerfileContext(plan: BuildPlan): ContextSource {
  const { path: dockerfile, content } = plan.dockerfile;
  const name = path.basename(dockerfile);
  const ignoreFile = ignoreFileOf(dockerfile);
  const made = [madeFile(name, content)];
  if (fs.existsSync(ignoreFile)) made.push(madeFile(ignoreFileOf(name), fs.readFileSync(ignoreFile)));
  return filesContext(made, 'dockerfile');
}

/**
 * The folders among named contexts, each through the `.dockerignore` in it.
 * @throws {UserError} `NO_CONTEXT` for one that is not there
 */
export function namedFolders(contexts: Readonly<Record<string, string>>): [string, FileContext][] {
  return Object.entries(contexts)
    .filter(([, source]) => !isFetchedByEngine(source))
    .map(([name, folder]) => {
      if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
        throw new UserError(
          'NO_CONTEXT',
          `--build-context ${name}: ${folder} is no folder. An image is named by docker-image://…`,
        );
      }
      return [name, { source: folderContext(folder), exclude: readIgnoreRules(folder).patterns }];
    });
}

/** Where the Dockerfile stands in a context that holds it. */
export function dockerfileInContext(plan: BuildPlan): string {
  return path.relative(plan.root, plan.dockerfile.path).split(path.sep).join('/');
}
