import { FlagError } from '../../text/flag-error.js';
import type { BuildFlagTable, GivenBuildFlags } from './build-syntax.js';

type Name = keyof BuildFlagTable;

/** Flags that reach further than an engine's build request, and what to do instead. */
const NEVER: readonly [Name, string][] = [
  ['annotation', 'annotations need a builder of docker buildx; use --label'],
  ['attest', 'no attestations are made here; docker buildx build makes them'],
  ['builder', 'the engine of the build is the one that DOCKER_HOST or the docker context names'],
  ['call', 'checks need docker buildx'],
];

/** Flags that are refused only where they are on. */
const WHEN_ON: readonly [Name, string][] = [
  ['check', 'checks need docker buildx'],
  ['push', 'a build does not push; publish the image'],
  ['squash', 'no BuildKit engine squashes; use a multi-stage build'],
];

/** Flags that are refused unless they say that nothing more is wanted. */
const UNLESS_OFF: readonly ['allow' | 'provenance' | 'sbom' | 'output', string, RegExp][] = [
  ['allow', 'other entitlements than network.host need a builder of docker buildx', /^network\.host$/],
  ['provenance', 'no attestations are made here; docker buildx build makes them', /^(false|0)$/],
  ['sbom', 'no attestations are made here; docker buildx build makes them', /^(false|0)$/],
  ['output', 'the result is an image of the engine', /^type=(docker|image)$/],
];

/** Refuses what an engine cannot be asked for, rather than to build something else. */
export function refuseWhatNeedsBuildx(flags: GivenBuildFlags): void {
  const refuse = (name: Name, why: string) => {
    throw new FlagError('UNSUPPORTED_FLAG', `--${name} is not supported: ${why}`, flags.word(name));
  };
  for (const [name, why] of NEVER) if (flags.has(name)) refuse(name, why);
  for (const [name, why] of WHEN_ON) if (flags.last(name) === true) refuse(name, why);
  for (const [name, why, harmless] of UNLESS_OFF) {
    if (flags.values(name).some((value) => !harmless.test(value))) refuse(name, why);
  }
  if (flags.last('disable-content-trust') === false)
    refuse('disable-content-trust', 'signatures are not checked');
}
