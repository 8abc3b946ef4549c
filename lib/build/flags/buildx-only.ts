import { FlagError } from '../../text/flag-error.js';
import type { BuildFlagTable, GivenBuildFlags } from './build-syntax.js';

type Name = keyof BuildFlagTable;

/** Flags that are refused only where they are on. */
const WHEN_ON: readonly [Name, string][] = [
  ['check', 'it builds nothing; docker buildx build --check tells'],
  ['debug', 'the docker CLI has a debug log, and there is none here; docker buildx build -D shows it'],
  ['push', 'a build does not push; publish the image'],
  ['squash', 'no BuildKit engine squashes; use a multi-stage build'],
];

/** Flags that are refused unless they say that nothing more is wanted. */
const UNLESS_OFF: readonly ['builder' | 'call', string, RegExp][] = [
  [
    'builder',
    'the engine of the build is the one that DOCKER_HOST or the docker context names',
    /^(default)?$/,
  ],
  ['call', 'it builds nothing; docker buildx build --call tells', /^(build)?$/],
];

/** Refuses what an engine cannot be asked for, rather than to build something else. */
export function refuseWhatNeedsBuildx(flags: GivenBuildFlags): void {
  const refuse = (name: Name, why: string) => {
    throw new FlagError('UNSUPPORTED_FLAG', `--${name} is not supported: ${why}`, flags.word(name));
  };
  for (const [name, why] of WHEN_ON) if (flags.last(name) === true) refuse(name, why);
  for (const [name, why, harmless] of UNLESS_OFF) {
    if (flags.values(name).some((value) => !harmless.test(value))) refuse(name, why);
  }
  const exported = flags.values('output').filter((one) => one !== undefined);
  const kinds = flags.values('output').length + (flags.last('load') ? 1 : 0);
  if (exported.length > 0 && kinds > 1)
    refuse(
      'output',
      'one result at a time; build once more for another, which takes all steps from the cache',
    );
  const hasOutput = flags.last('load') === true || flags.has('output');
  if (flags.values('annotation').flat().length > 0 && !hasOutput)
    refuse('annotation', 'docker buildx drops annotations unless --load stands beside them; add it');
  if (flags.last('disable-content-trust') === false)
    refuse('disable-content-trust', 'signatures are not checked');
}
