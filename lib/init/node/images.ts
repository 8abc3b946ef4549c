import { fileText } from '../file-text.js';
import type { NodeFacts } from './read-node.js';

/** Texts of the Dockerfiles of a Node project; `from` is what docker/base is called in `FROM`. */
export function nodeImages({ image, manager, builds, command }: NodeFacts, from: readonly string[]) {
  const { name, files, setUp, install, production } = manager;
  const installing = [install, ...(builds || production === '' ? [] : [production])].join(' ');
  return {
    base: fileText(
      `ARG NODE_IMAGE=node:${image}-slim`,
      'FROM ${NODE_IMAGE}',
      ...(setUp === undefined ? [] : ['', `RUN ${setUp}`]),
      '',
      'WORKDIR /app',
      `COPY ${files.join(' ')} ./`,
      ...(builds
        ? ['# With what the development needs: "build" of package.json, in docker/app, needs it.']
        : []),
      `RUN ${installing}`,
    ),
    app: fileText(
      ...from,
      '',
      'COPY . .',
      ...(builds ? [`RUN ${name} run build`] : []),
      '',
      `CMD ${JSON.stringify(command)}`,
    ),
  };
}
