import { parseDockerfile } from '../../../../lib/build/dockerfile/index.js';
import { type GraphImage, type ImageGraph, planGraph } from '../../../../lib/build/graph/index.js';

/** An image of a project named `proj` whose user is alice. */
export function image(name: string, dockerfile: string, more: Partial<GraphImage> = {}): GraphImage {
  const file = `docker/${name}/Dockerfile`;
  return {
    name,
    repository: `proj-${name}`,
    tag: 'alice',
    dockerfile: parseDockerfile(dockerfile),
    file,
    ownIgnoreFile: false,
    buildArgs: {},
    contexts: {},
    platforms: [],
    ...more,
  };
}

/** A graph from what each image needs: `{ base: '', app: 'base', dev: 'base app' }`. */
export function graphOf(needs: Record<string, string>): ImageGraph {
  return planGraph(
    Object.entries(needs).map(([name, bases]) => {
      const copies = bases.split(' ').flatMap((base) => (base ? [`COPY --from=proj-${base}:alice / /`] : []));
      return image(name, ['FROM scratch', ...copies].join('\n'));
    }),
  );
}

/** What each image needs, in the same form. */
export function needsOf(graph: ImageGraph): Record<string, string> {
  return Object.fromEntries(
    [...graph.needs].map(([name, needs]) => [name, needs.map((need) => need.image).join(' ')]),
  );
}
