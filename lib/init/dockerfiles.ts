import { fileText } from './file-text.js';
import { nodeImages } from './node/images.js';
import { pythonImages } from './python/images.js';
import type { ProjectFacts } from './read-project.js';

/** Texts of the Dockerfiles that a project starts with, by image: what comes from outside, and the project on top of it. */
export type Dockerfiles = Readonly<Partial<Record<'base' | 'app' | 'dev', string>>>;

const ABOUT = {
  base: '# All that comes from outside of the project: only this image needs a network when it is built.',
  app: '# The project on top of the base image, and nothing else from outside.',
  dev: '# The project on top of the base image, with what only its development needs.',
};

export function startingDockerfiles(facts: ProjectFacts): Dockerfiles {
  const { base, app, dev } = imagesOf(facts);
  return {
    base: fileText(ABOUT.base, base),
    app: fileText(ABOUT.app, app),
    ...(dev !== undefined && { dev: fileText(ABOUT.dev, dev) }),
  };
}

function imagesOf({ name, python, node }: ProjectFacts): { base: string; app: string; dev?: string } {
  const from = [`ARG BASE_IMAGE=${name}-base`, 'FROM ${BASE_IMAGE}'];
  if (python) return pythonImages(python, from);
  if (node?.runs) return nodeImages(node, from);
  return {
    base: fileText('FROM debian:stable-slim', '', '# RUN apt-get update && apt-get install -y …'),
    app: fileText(...from, '', 'WORKDIR /app', 'COPY . .', '', 'CMD ["ls", "-l"]'),
  };
}
