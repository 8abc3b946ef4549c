import { join } from 'node:path';
import { expect } from 'chai';
import { parseDockerfile } from '../../../lib/build/dockerfile/index.js';
import { builtFrom, type Recipe } from '../../../lib/build/index.js';

describe('what an image is built from', () => {
  const root = '/project';
  const of = (text: string) => {
    const path = join(root, 'docker/app/Dockerfile');
    const dockerfile = { path, shown: '', content: Buffer.from(text), parsed: parseDockerfile(text) };
    return builtFrom({ dockerfile } as unknown as Recipe, root);
  };

  it('is the Dockerfile, and what it copies and mounts of the project', () => {
    expect(
      of(
        [
          'FROM base AS one',
          'COPY --chown=1 requirements*.txt ./conf/ /app/',
          'ADD ["a file", "/there"]',
          'COPY --from=one /made /made',
          'ADD https://example.org/x.tar /x',
          'COPY <<END /here',
          'text',
          'END',
          'RUN --mount=type=bind,source=tools,target=/tools --mount=type=cache,target=/c --mount=from=one,target=/o true',
          'ONBUILD COPY later /later',
          'COPY $UNKNOWN /u',
        ].join('\n'),
      ),
    ).to.deep.equal(['docker/app/Dockerfile', 'requirements*.txt', 'conf', 'a file', 'tools', 'later']);
  });

  it('may be all of it', () => {
    expect(of('FROM base\nCOPY . /app')).to.deep.equal(['docker/app/Dockerfile', '']);
  });
});
