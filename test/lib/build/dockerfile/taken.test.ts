import { expect } from 'chai';
import { parseDockerfile, readDockerfile } from '../../../../lib/build/dockerfile/index.js';

const taken = (lines: readonly string[], target?: string) =>
  readDockerfile(parseDockerfile(lines.join('\n')), { target }).taken;

describe('the files of the context that a Dockerfile takes', () => {
  it('are sources of COPY, ADD and bind mounts, as they are written, each once', () => {
    const lines = [
      'FROM alpine',
      'COPY setup.py "my file" /app/',
      'COPY ["a b", "setup.py", "/app/"]',
      'ADD --chown=1 $WHAT /',
      'RUN --mount=source=lib,target=/lib --mount=type=bind,src=etc,target=/etc --mount=target=/all true',
    ];
    expect(taken(lines)).to.deep.equal(['"my file"', '$WHAT', '.', 'a b', 'etc', 'lib', 'setup.py']);
  });

  it('are none of what comes from elsewhere', () => {
    const lines = [
      'FROM alpine AS made',
      'COPY --from=busybox bin /bin',
      'RUN --mount=from=busybox,source=bin,target=/b --mount=type=cache,target=/c --mount=type=secret,id=s true',
    ];
    expect(taken(lines)).to.deep.equal([]);
  });

  it('are those of the stages that the target needs', () => {
    const lines = [
      ...['FROM alpine AS base', 'COPY base /', 'FROM alpine AS tests', 'COPY tests /'],
      ...['FROM base AS app', 'COPY app /', 'FROM scratch', 'COPY --from=app / /', 'COPY last /'],
    ];
    expect(taken(lines, 'tests')).to.deep.equal(['tests']);
    expect(taken(lines, 'app')).to.deep.equal(['app', 'base']);
    expect(taken(lines)).to.deep.equal(['app', 'base', 'last']);
  });

  it('are those of ONBUILD where a stage is built on it', () => {
    const lines = ['FROM alpine AS base', 'ONBUILD COPY later /', 'FROM base'];
    expect(taken(lines, 'base')).to.deep.equal([]);
    expect(taken(lines)).to.deep.equal(['later']);
  });
});
