import { compareVersions } from '../engine/facts.js';
import type { EngineFacts } from '../engine/types.js';
import { UserError } from '../text/user-error.js';
import { imageArg } from './graph/image-args.js';
import type { BuildPlan } from './plan.js';

/**
 * Refuses what an engine cannot do, before anything is sent to it.
 * @throws {UserError} `NEEDS_BUILDKIT`, `NEEDS_NEWER_ENGINE`, `NEEDS_CONTAINERD_STORE`
 */
export function checkRequirements({ image, steps, secrets, agents }: BuildPlan, facts: EngineFacts): void {
  const { contexts, platforms, cacheFrom, cacheTo, metadataFile } = steps.at(-1)!.flags;
  const names = Object.keys(contexts);
  const outerCache = cacheTo.find(({ type }) => type !== 'inline');
  if (!facts.buildkit) {
    const flags = [
      ...(secrets.size > 0 ? ['--secret'] : []),
      ...(agents.size > 0 ? ['--ssh'] : []),
      ...(platforms.length > 1 ? ['--platform of several'] : []),
      ...(cacheFrom.some(({ folder }) => folder) ? ['--cache-from of a folder'] : []),
      ...(cacheTo.length > 0 ? ['--cache-to'] : []),
      ...(metadataFile === undefined ? [] : ['--metadata-file']),
    ];
    if (flags.length > 0) {
      throw new UserError(
        'NEEDS_BUILDKIT',
        `${image} is built with ${flags.join(' and ')}, for which this engine has no BuildKit: take a newer one (23 or later has it).`,
      );
    }
  }
  if (names.length > 0 && (!facts.buildkit || compareVersions(facts.apiVersion, NAMED_CONTEXTS) < 0)) {
    throw new UserError(
      'NEEDS_NEWER_ENGINE',
      `${image} takes files from ${names.join(', ')} by name, which engine ${facts.version} does not know (23 and later do): name an image by a build argument, ARG ${imageArg(names[0]!)} and FROM \${${imageArg(names[0]!)}}.`,
    );
  }
  if (facts.store === 'containerd') return;
  const needs = (what: string, instead: string) =>
    new UserError(
      'NEEDS_CONTAINERD_STORE',
      `${image}: the image store of this engine cannot ${what}: ${instead}, or let the engine keep images in containerd's store ("features": {"containerd-snapshotter": true} in its daemon.json, engine 23 or later).`,
    );
  if (platforms.length > 1)
    throw needs(`hold one image for ${platforms.join(' and ')}`, 'build for one platform at a time');
  if (outerCache)
    throw needs(
      `keep a cache in a ${outerCache.folder ? 'folder' : outerCache.type}`,
      'use --cache-to type=inline',
    );
}

/** API version of the first engines (23.0) that know named contexts. */
const NAMED_CONTEXTS = '1.42';
