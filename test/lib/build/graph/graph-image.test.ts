import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { graphImage, planGraph } from '../../../../lib/build/graph/index.js';
import { readRecipe } from '../../../../lib/build/recipe.js';
import { describeImage, loadProject } from '../../../../lib/project/index.js';

describe('the graph of a project on disk', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'graph-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function graphOf(files: Record<string, string>) {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(root, 'docker', file, '..'), { recursive: true });
      writeFileSync(join(root, 'docker', file), text);
    }
    const env = { USER: 'alice', FOUNDATION: 'proj-dev', HOME: '/' };
    const project = loadProject({ root, project: 'proj', env });
    return planGraph(
      project.images.map((name) =>
        graphImage(readRecipe(project, describeImage(project, name, { remote: false, env }), { env })),
      ),
    );
  }

  it('follows names, tags and build_args of run.cfg', () => {
    const graph = graphOf({
      'run.cfg': [
        '[base]\nname=foundation\ntag=7',
        '[one]\nbuild_args=--build-arg FOUNDATION=proj-foundation',
        '[two]\nbuild_args=--no-cache --build-arg=FOUNDATION --label FOUNDATION=x',
        '[three]\nbuild_args=--target first',
        '',
      ].join('\n'),
      'base/Dockerfile': 'FROM python:3.12',
      'dev/Dockerfile': 'ARG BASE_IMAGE\nFROM ${BASE_IMAGE}',
      'one/Dockerfile': 'ARG FOUNDATION=x\nFROM ${FOUNDATION}',
      'two/Dockerfile': 'ARG FOUNDATION=x\nFROM ${FOUNDATION}',
      'three/Dockerfile': 'FROM x AS first\nFROM proj-foundation',
    });
    expect(graph.args.get('dev')).to.deep.equal({ BASE_IMAGE: 'proj-foundation:7' });
    expect(
      [...graph.needs].map(([name, needs]) => [name, ...needs.map(({ reference }) => reference)]),
    ).to.deep.equal([
      ['base'],
      ['dev', 'proj-foundation:7'],
      ['one', 'proj-foundation'],
      ['three'],
      ['two', 'proj-dev'],
    ]);
    expect(graph.levels).to.deep.equal([['base', 'three'], ['dev', 'one'], ['two']]);
  });

  it('follows the Dockerfile that -f names, with its named contexts', () => {
    const graph = graphOf({
      'run.cfg': '[app]\nbuild_args=-f docker/app/other.Dockerfile --target last\n',
      'base/Dockerfile': 'FROM scratch',
      'kept/Dockerfile': 'FROM scratch',
      'app/Dockerfile': 'FROM proj-kept',
      'app/other.Dockerfile': 'FROM base AS last',
    });
    expect(graph.needs.get('app')?.map(({ image }) => image)).to.deep.equal(['base']);
    expect(graph.contexts.get('app')).to.deep.equal({ base: 'docker-image://proj-base:alice' });
    expect(graph.levels).to.deep.equal([['base', 'kept'], ['app']]);
  });

  it('names the file of a cycle', () => {
    const { problems } = graphOf({
      'a/Dockerfile': 'FROM proj-b',
      'b/Dockerfile': 'FROM scratch\nCOPY --from=proj-a / /',
    });
    expect(problems.get('a')?.message).to.equal(
      'images need each other in a circle: a needs b (docker/a/Dockerfile:1), b needs a (docker/b/Dockerfile:2)',
    );
  });
});
