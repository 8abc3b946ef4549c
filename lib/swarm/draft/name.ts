import { parseFlags } from '../../flags/parse-flags.js';
import type { Image } from '../../project/types.js';
import { runSyntax } from '../../run/flags/run-flags.js';
import { UserError } from '../../text/user-error.js';
import { nameOf } from '../image.js';
import { IMAGE_LABEL } from './labels.js';

/** The name of an image's service: the one that its section's `args` say, or what swarms take of its repository. */
export function serviceNameOf({ args, repository }: Pick<Image, 'args' | 'repository'>): string {
  const { flags } = parseFlags(runSyntax, args);
  return flags.last('name') ?? repository.replace(/[^a-zA-Z0-9_-]+/g, '-').slice(-63);
}

/** @throws {UserError} `NOT_OURS` for a service that somebody else has made, by its labels */
export function refuseForeign(
  name: string,
  labels: Readonly<Record<string, string>>,
  repository: string,
): void {
  const image = labels[IMAGE_LABEL];
  if (image === nameOf(repository)) return;
  const whose = image === undefined ? 'not deployed by gulp-dockerutils' : `of ${image}`;
  throw new UserError(
    'NOT_OURS',
    `The swarm has a service ${name} already that is ${whose}: remove it, or have "args" of this section say another name (--name).`,
  );
}
