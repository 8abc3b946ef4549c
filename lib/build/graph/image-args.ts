import { partsIn } from '../../oci/reference.js';
import { UserError } from '../../text/user-error.js';
import type { BuildArgs, DeclaredArg } from '../dockerfile/index.js';
import type { GraphImage } from './graph-image.js';
import { imagesMeant } from './images-meant.js';

/**
 * Name of the build argument that holds an image's reference: `BASE_IMAGE` for `base`, `PY3_11_IMAGE` for `py3.11`.
 */
export function imageArg(name: string): string {
  return `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_IMAGE`.replace(/^(?=\d)/, '_');
}

/**
 * The build arguments that the project supplies to one of its images, so that its Dockerfile names its base without
 * knowing user and tag:
 *
 *     ARG BASE_IMAGE
 *     FROM ${BASE_IMAGE}
 *
 * An argument is supplied for every other image whose `imageArg` the Dockerfile declares, unless the user gives it a
 * value, or one of its defaults names something outside of the project or cannot be known. It works on every engine and with
 * both builders. A default may be the image's own name, as in `FROM base`. One that names the image of a project of another
 * name (`other-base`, `other_base`) is that of this project in a folder of another name, such as a clone or a CI's workspace.
 *
 * @throws {UserError} `AMBIGUOUS_ARG` where a declared name stands for two images.
 */
export function suppliedArgs(
  image: GraphImage,
  declared: readonly DeclaredArg[],
  images: readonly GraphImage[],
): BuildArgs {
  const supplied: Record<string, string> = {};
  for (const { name, defaults } of declared) {
    if (Object.hasOwn(image.buildArgs, name)) continue;
    const [meant, another] = images.filter((other) => other !== image && imageArg(other.name) === name);
    if (!meant) continue;
    const isOurs = (reference: string | undefined) =>
      reference !== undefined &&
      (reference === meant.name || imagesMeant(reference, images).length > 0 || isNamesake(reference, meant));
    if (!defaults.every(isOurs)) continue;
    if (another) {
      throw new UserError(
        'AMBIGUOUS_ARG',
        `${image.file}: ARG ${name} stands for both ${meant.name} and ${another.name}: give it with --build-arg in build_args=, or rename one`,
      );
    }
    supplied[name] = `${meant.repository}:${meant.tag}`;
  }
  return supplied;
}

/** Whether a reference is of the form `<project>-<image>` or `<project>_<image>`, whichever project that is. */
function isNamesake(reference: string, { name }: GraphImage): boolean {
  const { registry, path } = partsIn(reference) ?? {};
  const [, short] = /^library\/([^/]+)$/.exec(path ?? '') ?? [];
  const isOurs = ['-', '_'].some((joint) => short?.endsWith(joint + name.toLowerCase()));
  return registry === 'docker.io' && isOurs;
}
