import { expect } from 'chai';
import { loadProject } from '../../../lib/project/index.js';
import { mayNeedImages } from '../../../tasks/listing/needs-images.js';
import { makeProject, removeProjects } from '../../lib/project/projects.js';

const CASES: readonly [dockerfile: string, needs: boolean][] = [
  ['FROM python:3.12-slim\n', false],
  ['FROM scratch AS build\nCOPY --from=build /a /a\n', false],
  ['ARG PYTHON_IMAGE=python:3.11-slim\nFROM ${PYTHON_IMAGE}\n', false],
  ['ARG BASE_IMAGE=base\nFROM $BASE_IMAGE\n', true],
  ['ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\n', true],
  ['ARG V=1\nARG V=base\nFROM $V\n', true],
  ['FROM --platform=linux/amd64 base:3\n', true],
  ['FROM registry.example/team/shop-base\n', true],
  ['FROM alpine\nRUN --mount=type=bind,from=base,target=/b true\n', true],
  ['FROM alpine\nCOPY --from=base /a /a\n', true],
  ['FROM \\\n  base\n', true],
];

describe('mayNeedImages', () => {
  after(removeProjects);

  for (const [dockerfile, needs] of CASES)
    it(`says ${needs} of ${JSON.stringify(dockerfile)}`, () => {
      const root = makeProject({
        'docker/app/Dockerfile': dockerfile,
        'docker/base/Dockerfile': 'FROM alpine\n',
      });
      expect(mayNeedImages(loadProject({ root, project: 'shop', env: {} }), 'app')).to.equal(needs);
    });

  it('is sure of nothing where flags may name a Dockerfile or a context', () => {
    const files = {
      'docker/app/Dockerfile': 'FROM alpine\n',
      'docker/run.cfg': '[app]\nbuild_args=--build-context alpine=docker-image://base\n',
    };
    expect(mayNeedImages(loadProject({ root: makeProject(files), env: {} }), 'app')).to.equal(true);
  });
});
