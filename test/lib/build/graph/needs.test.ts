import { expect } from 'chai';
import { type GraphImage, planGraph } from '../../../../lib/build/graph/index.js';
import { image, needsOf } from './images.js';

const base = image('base', 'FROM python:3.12');

function graphOfApp(dockerfile: string, more = {}) {
  return planGraph([base, image('app', dockerfile, more), image('dev', 'FROM scratch')]);
}

describe('what an image of the project needs', () => {
  it('is never the project’s base where a default names something else', () => {
    const foreign = [
      'ARG BASE_IMAGE=python:3.11-slim\nFROM ${BASE_IMAGE}\nARG BASE_IMAGE',
      'ARG BASE_IMAGE\nARG BASE_IMAGE=python:3.11-slim\nFROM ${BASE_IMAGE}',
      'ARG BASE_IMAGE=${REGISTRY}/python\nFROM python',
      'ARG BASE_IMAGE=${REGISTRY:?needed}\nFROM ${BASE_IMAGE}',
      'ARG BASE_IMAGE\nFROM ${BASE_IMAGE:-python:3.11-slim}',
    ];
    for (const dockerfile of foreign) {
      const graph = graphOfApp(dockerfile);
      expect(graph.args.get('app'), dockerfile).to.deep.equal({});
      expect(needsOf(graph).app, dockerfile).to.equal('');
    }
  });

  it('is the base by the name that it has in a project of another name, with a dash or an underscore', () => {
    for (const name of ['other-base', 'other_base', 'other_base:7']) {
      const graph = graphOfApp(`ARG BASE_IMAGE=${name}\nFROM \${BASE_IMAGE}`);
      expect(graph.args.get('app'), name).to.deep.equal({ BASE_IMAGE: 'proj-base:alice' });
    }
  });

  it('is the base behind a variable that nobody sets', () => {
    expect(needsOf(graphOfApp('ARG REGISTRY\nFROM ${REGISTRY}proj-base')).app).to.equal('base');
    expect(needsOf(graphOfApp('ARG R\nFROM ${R}base')).app).to.equal('base');
  });

  it('is understood in every form of a variable and of a mount', () => {
    const declared = 'ARG B=our/proj-base:x\nARG D=proj-base\nARG U\n';
    const froms = ['${U:-${D}}', '${U:-$D}', '${D:?m}', '${B##*/}', '${B#our/}', '${B%:x}', '"proj-base"'];
    for (const from of [
      ...froms.slice(0, 5),
      '${D%%:*}',
      '${D/x/y}',
      '${D//x/y}',
      '${U:-"proj-base"}',
      froms[6],
    ])
      expect(needsOf(graphOfApp(`${declared}FROM ${from}`)).app, from).to.equal('base');
    for (const mount of ['type=bind,"from=base"', 'From=base', 'type=bind,from=base'])
      expect(needsOf(graphOfApp(`FROM scratch\nRUN --mount=${mount},target=/a true`)).app, mount).to.equal(
        'base',
      );
    expect(needsOf(graphOfApp('FROM scratch AS a\nRUN echo "<<EOF"\nFROM base')).app).to.equal('base');
  });

  it('is nothing that a stage names which the target does not need, and no circle', () => {
    const graph = planGraph([
      image('base', 'FROM app AS tools\nFROM python:3.12'),
      image('app', 'FROM dev AS builder\nFROM base AS app\nFROM nowhere AS later', { target: 'app' }),
      image('dev', 'FROM scratch'),
    ]);
    expect(needsOf(graph)).to.deep.include({ base: '', app: 'base' });
    expect(graph.builders.size).to.equal(0);
  });

  it('depends on the platforms that it is built for', () => {
    const dockerfile = 'FROM base AS on-amd64\nFROM dev AS on-arm64\nFROM on-$TARGETARCH';
    expect(needsOf(graphOfApp(dockerfile, { platforms: ['linux/arm64'] })).app).to.equal('dev');
    expect(needsOf(graphOfApp(dockerfile, { platforms: ['linux/amd64', 'linux/arm64'] })).app).to.equal(
      'base dev',
    );
  });

  it('is not known of a Dockerfile that BuildKit refuses, which stops no other image', () => {
    const graph = planGraph([base, image('app', 'FROM ${B'), image('dev', 'FROM base')]);
    expect(graph.problems.get('app')).to.have.property(
      'message',
      'docker/app/Dockerfile:1: ${B: ${B…} is no form of a variable.',
    );
    expect(needsOf(graph).dev).to.equal('base');
  });
});

describe('the images of a project that take the same files of the context', () => {
  const files = (...images: GraphImage[]) => Object.fromEntries(planGraph(images).sameFiles);

  it('are known by the first of them', () => {
    const images = [
      image('dev', 'FROM a\nCOPY . /app\n'),
      image('app', 'FROM b\nCOPY src setup.py /\n'),
      image('notebook', 'FROM c\nCOPY --chown=1 . /work\n'),
      image('slim', 'FROM b\nCOPY setup.py /\nCOPY src /src\n'),
    ];
    expect(files(...images)).to.deep.equal({ dev: 'dev', app: 'app', notebook: 'dev', slim: 'app' });
  });

  it('are not those of other stages, nor with an ignore file of their own', () => {
    const stages = 'FROM a AS one\nCOPY . /\nFROM a AS two\nCOPY . /\n';
    const images = [
      image('dev', 'FROM a\nCOPY . /app\n'),
      image('own', 'FROM a\nCOPY . /app\n', { ownIgnoreFile: true }),
      image('one', stages, { target: 'one' }),
      image('broken', 'FROM\n'),
    ];
    expect(files(...images)).to.deep.equal({ dev: 'dev', own: 'own', one: 'one', broken: 'broken' });
  });
});
