import { readPlatform } from '../oci/platform.js';
import { UserError } from '../text/user-error.js';
import {
  type BuildArgs,
  type Dockerfile,
  DockerfileError,
  type DockerfileReading,
  readDockerfile,
} from './dockerfile/index.js';
import type { BuildFlags } from './flags/index.js';

/** Of what cannot be read. */
export const NOTHING_READ: DockerfileReading = { outside: [], stages: new Set(), needed: [], taken: [] };

/** The flags that say what a Dockerfile is built from. */
export type ReadingFlags = Pick<BuildFlags, 'buildArgs' | 'contexts' | 'platforms' | 'target'>;

/**
 * What a Dockerfile is built from with these flags, for all its platforms together.
 *
 * @param shown its name in messages
 * @throws {UserError} `BAD_DOCKERFILE` for what BuildKit would refuse, with file and line
 */
export function readingOf(dockerfile: Dockerfile, shown: string, flags: ReadingFlags): DockerfileReading {
  const { target, platforms } = flags;
  const options = {
    buildArgs: givenArgs(flags),
    contexts: new Set(Object.keys(flags.contexts)),
    target,
  };
  try {
    const readings = (platforms.length > 0 ? platforms : ['linux']).map((platform) =>
      readDockerfile(dockerfile, { ...options, platform: readPlatform(platform) }),
    );
    const outside = new Map(readings.flatMap((one) => one.outside.map((each) => [each.reference, each])));
    return {
      outside: [...outside.values()].sort((one, other) => one.line - other.line),
      stages: new Set(readings.flatMap(({ stages }) => [...stages])),
      needed: [...new Set(readings.flatMap(({ needed }) => needed))],
      taken: [...new Set(readings.flatMap(({ taken }) => taken))].sort(),
    };
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    // A frontend of its own may understand what the engine's does not.
    if (isForeign(dockerfile.syntax)) return NOTHING_READ;
    throw new UserError('BAD_DOCKERFILE', `${shown}:${error.line}: ${error.message}.`, { cause: error });
  }
}

/** Whether something else than BuildKit's own frontend reads the file. */
function isForeign(syntax: string | undefined): boolean {
  return syntax !== undefined && !/^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?:[:@]|$)/.test(syntax);
}

/** Null stands for an argument whose variable is not set here: the Dockerfile's own default holds. */
export function givenArgs({ buildArgs }: Pick<BuildFlags, 'buildArgs'>): BuildArgs {
  return Object.fromEntries(
    Object.entries(buildArgs).filter((pair): pair is [string, string] => pair[1] !== null),
  );
}

/** The stage named `builder`, in whatever case, where the target needs it; as it is written. */
export function builderStage({ needed }: DockerfileReading): string | undefined {
  return needed.find((stage) => stage.toLowerCase() === 'builder');
}
