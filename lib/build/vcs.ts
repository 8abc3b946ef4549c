import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Checkout, Project } from '../project/index.js';
import { folderName, isFetchedByEngine } from './flags/named-context.js';
import type { Recipe } from './recipe.js';

/** `vcs:revision`, `vcs:source`, `vcs:localdir:context`, …: attributes of a solve. */
export type Vcs = Readonly<Record<`vcs:${string}`, string>>;

/** What is built, and where git has it from. */
interface Sources {
  project: Project;
  recipe: Recipe;
  checkout?: Checkout;
  piped?: boolean;
}

/**
 * Of what git has checked out, and of the folders of the build that are in it, as docker buildx says it.
 *
 * @param contexts what names in the Dockerfile stand for
 */
export function vcsOf(
  { checkout, project, recipe, piped }: Sources,
  contexts: Readonly<Record<string, string>>,
): Vcs {
  // What comes through a pipeline is none of git's.
  if (!checkout || piped) return {};
  const { root, revision, source } = checkout;
  const named = Object.entries(contexts).filter(([, one]) => !isFetchedByEngine(one) && existsSync(one));
  const folders = [
    ['context', project.root] as const,
    ['dockerfile', path.dirname(recipe.dockerfile.path)] as const,
    ...named.map(([name, folder]) => [folderName(name), folder] as const),
  ];
  const within = folders.flatMap(([name, folder]): [string, string][] => {
    const relative = path.relative(root, realpathSync(folder));
    return relative.startsWith('..') ? [] : [[`vcs:localdir:${name}`, relative || '.']];
  });
  return {
    ...(revision !== undefined && { 'vcs:revision': revision }),
    ...(source !== undefined && { 'vcs:source': source }),
    ...Object.fromEntries(within),
  };
}
