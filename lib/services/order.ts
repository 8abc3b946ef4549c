import type { Dependency, Image } from '../project/index.js';
import { UserError } from '../text/user-error.js';
import { placeOf } from '../text/word.js';

/**
 * The images that are depended on, directly or by way of others, each once and behind those that it depends on itself.
 *
 * @param from what depends on them, for messages
 * @throws {UserError} `DEPENDENCY_CIRCLE`, and what `describe` throws
 */
export function inOrder(
  from: string,
  dependsOn: readonly Dependency[],
  describe: (name: string) => Image,
): Image[] {
  const images = new Map<string, Image>();
  const visit = (dependencies: readonly Dependency[], path: readonly string[]) => {
    for (const { name, origin } of dependencies) {
      if (path.includes(name)) {
        const circle = [...path.slice(path.indexOf(name)), name].join(' → ');
        const place = origin ? `${placeOf(origin)}: ` : '';
        throw new UserError('DEPENDENCY_CIRCLE', `${place}depends_on= goes in a circle: ${circle}`);
      }
      if (images.has(name)) continue;
      const image = describe(name);
      visit(image.service.dependsOn, [...path, name]);
      images.set(name, image);
    }
  };
  visit(dependsOn, [from]);
  return [...images.values()];
}
