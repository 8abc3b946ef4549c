import path from 'node:path';
import { folderContext } from './context/folder.js';
import { readIgnoreRules } from './context/ignore-file.js';
import { withAdditions } from './context/overlay.js';
import type { Pattern } from './context/pattern.js';
import type { ContextSource } from './context/source.js';
import type { SyncCount } from './session/file-sync.js';
import type { BuildPlan } from './plan.js';

/** The files of a build: at hand, so that an engine may ask for those that it does not have, or passing by once. */
export type BuildContext = FileContext | ArchiveContext;

export interface FileContext {
  source: ContextSource;
  /** What the ignore file leaves out. */
  exclude: readonly Pattern[];
}

export interface ArchiveContext {
  /** A tar archive with the Dockerfile in it. */
  archive: AsyncIterable<Buffer>;
  /** Counts up while the archive is read. */
  sent: SyncCount;
}

/**
 * The project's folder as a plan has it.
 * @throws UserError for an ignore file that cannot be read
 */
export function projectContext(plan: BuildPlan): FileContext {
  return {
    source: withAdditions(folderContext(plan.root), plan.additions),
    exclude: readIgnoreRules(plan.root, plan.dockerfile).patterns,
  };
}

/** Where the Dockerfile stands in a context that holds it. */
export function dockerfileInContext(plan: BuildPlan): string {
  return path.relative(plan.root, plan.dockerfile).split(path.sep).join('/');
}
