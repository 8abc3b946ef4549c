import { makerOf } from '../engine/makers/index.js';
import type { Engine, EngineFacts } from '../engine/types.js';
import { isAtLeast } from '../text/is-at-least.js';
import { UserError } from '../text/user-error.js';
import type { BuildFlags } from './flags/index.js';
import { imageArg } from './graph/image-args.js';
import { namedImagesOf } from './graph/image-contexts.js';
import type { BuildPlan } from './plan.js';
import { requireBases } from './required-bases.js';

type Needs = (engine: EngineFacts, plan: BuildPlan) => UserError | undefined;

/**
 * Refuses what an engine cannot build, before anything is sent to it.
 * @throws {UserError} those of {@link checkRequirements}, and `BASE_MISSING`
 */
export async function checkBuild(plan: BuildPlan, engine: Engine): Promise<EngineFacts> {
  const facts = await engine.facts();
  checkRequirements(plan, facts);
  await requireBases(plan, engine);
  return facts;
}

/**
 * Refuses what an engine cannot do, before anything is sent to it.
 * @throws {UserError} `NEEDS_BUILDKIT`, `NEEDS_NEWER_ENGINE`, `NEEDS_CONTAINERD_STORE`
 */
export function checkRequirements(plan: BuildPlan, facts: EngineFacts): void {
  for (const lacks of [lacksBuildKit, lacksNamedContexts, lacksContainerdStore, lacksAttestations]) {
    const refusal = lacks(facts, plan);
    if (refusal) throw refusal;
  }
}

const lacksBuildKit: Needs = (facts, { image, steps, secrets, agents }) => {
  const {
    platforms,
    cacheFrom,
    cacheTo,
    metadataFile,
    attestations,
    annotations,
    export: exported,
  } = flagsOf(steps);
  const { builder, buildKitAdvice } = makerOf(facts);
  const wanted: readonly [boolean, string][] = [
    [secrets.size > 0 && !builder, '--secret'],
    [agents.size > 0, '--ssh'],
    [platforms.length > 1, '--platform of several'],
    [cacheFrom.length > 0 && builder !== undefined, '--cache-from'],
    [!builder && cacheFrom.some(({ folder }) => folder), '--cache-from of a folder'],
    [cacheTo.length > 0, '--cache-to'],
    [metadataFile !== undefined, '--metadata-file'],
    [exported !== undefined, '--output of files'],
    [isAny(attestations), shownTypes(attestations)],
    [isAny(annotations), '--annotation'],
  ];
  const flags = wanted.flatMap(([isWanted, flag]) => (isWanted ? [flag] : []));
  if (facts.buildkit || flags.length === 0) return undefined;
  return new UserError(
    'NEEDS_BUILDKIT',
    `${image} is built with ${flags.join(' and ')}, for which this engine has no BuildKit: ${buildKitAdvice}.`,
  );
};

const lacksNamedContexts: Needs = (facts, { image, steps }) => {
  const { contexts } = flagsOf(steps);
  const { builder, title, buildKitAdvice } = makerOf(facts);
  if (!facts.buildkit && builder) {
    const folders = Object.keys(contexts).filter((name) => !(name in namedImagesOf(contexts)));
    if (folders.length === 0) return undefined;
    return new UserError(
      'NEEDS_BUILDKIT',
      `${image} takes files from ${folders.join(', ')} by name, and ${title} lets only images have one: ${buildKitAdvice}.`,
    );
  }
  const names = Object.keys(contexts);
  const [first] = names;
  if (first === undefined) return undefined;
  if (facts.buildkit && isAtLeast(facts.apiVersion, NAMED_CONTEXTS)) return undefined;
  return new UserError(
    'NEEDS_NEWER_ENGINE',
    `${image} takes files from ${names.join(', ')} by name, which engine ${facts.version} does not know (23 and later do): name an image by a build argument, ARG ${imageArg(first)} and FROM \${${imageArg(first)}}.`,
  );
};

const lacksContainerdStore: Needs = ({ store }, { image, steps }) => {
  if (store === 'containerd') return undefined;
  const needs = (what: string, instead: string) =>
    new UserError(
      'NEEDS_CONTAINERD_STORE',
      `${image}: the image store of this engine cannot ${what}: ${instead}, or let the engine keep images in containerd's store ("features": {"containerd-snapshotter": true} in its daemon.json, engine 23 or later).`,
    );
  const { platforms, cacheTo, attestations, annotations, export: exported } = flagsOf(steps);
  const outerCache = cacheTo.find(({ type }) => type !== 'inline');
  if (platforms.length > 1 && !exported)
    return needs(`hold one image for ${platforms.join(' and ')}`, 'build for one platform at a time');
  if (outerCache) {
    const place = outerCache.folder ? 'folder' : outerCache.type;
    return needs(`keep a cache in a ${place}`, 'use --cache-to type=inline');
  }
  if (isAny(attestations) && !exported)
    return needs('keep what is attested of an image', `leave ${shownTypes(attestations)} out`);
  if (isAny(annotations)) return needs('keep annotations', 'use --label');
  return undefined;
};

const lacksAttestations: Needs = ({ apiVersion, version }, { image, steps }) => {
  const { attestations } = flagsOf(steps);
  if (!isAny(attestations) || isAtLeast(apiVersion, ATTESTATIONS)) return undefined;
  return new UserError(
    'NEEDS_NEWER_ENGINE',
    `${image} is built with ${shownTypes(attestations)}, which engine ${version} does not know (24 and later do): leave it out, or take a newer engine.`,
  );
};

const flagsOf = (steps: BuildPlan['steps']) => steps.at(-1)!.flags;
const isAny = (values: object) => Object.keys(values).length > 0;

function shownTypes(attestations: BuildFlags['attestations']): string {
  const shown = (type: string) => (/^(provenance|sbom)$/.test(type) ? `--${type}` : `--attest type=${type}`);
  return Object.keys(attestations).map(shown).join(' and ');
}

/** API version of the first engines (23.0) that know named contexts. */
const NAMED_CONTEXTS = '1.42';

/** API version of the first engines (24.0) whose BuildKit attests. */
const ATTESTATIONS = '1.43';
