import { expect } from 'chai';
import fc from 'fast-check';
import { dependenciesOf, imageArg, planGraph } from '../../../../lib/build/graph/index.js';
import { graphOf, image, needsOf } from './images.js';

const base = image('base', 'FROM python:3.12');

/** What `app` with this Dockerfile needs, in a project with `base` and `dev`. */
function appNeeds(dockerfile: string, more = {}): string {
  return needsOf(planGraph([image('app', dockerfile, more), base, image('dev', 'FROM scratch')])).app!;
}

describe('image graph', () => {
  describe('what a Dockerfile needs', () => {
    const cases: [title: string, dockerfile: string, needs: string][] = [
      ['nothing of the project', 'FROM python:3.12', ''],
      ['its name in the project', 'FROM base', 'base'],
      ['COPY --from its name', 'FROM scratch\nCOPY --from=base /a /a', 'base'],
      ['its name with a tag, which is another image', 'FROM base:7', ''],
      ['a stage of that name', 'FROM scratch AS Base\nFROM base', ''],
      ['a literal reference', 'FROM proj-base:alice', 'base'],
      ['a literal reference with another tag', 'FROM proj-base:bob', 'base'],
      ['a literal reference without a tag', 'FROM proj-base', 'base'],
      ['a literal reference with a digest', `FROM proj-base@sha256:${'0'.repeat(64)}`, 'base'],
      ['docker.io before it', 'FROM docker.io/library/proj-base:x', 'base'],
      ['another registry before it', 'FROM registry.example.com/proj-base:x', ''],
      ['a longer name', 'FROM proj-base-extra', ''],
      ['its builder stage', 'FROM proj-base-builder:alice', 'base'],
      ['small letters, a platform and a stage', 'from --platform=linux/amd64 proj-base as x', 'base'],
      ['an ARG default', 'ARG FOUNDATION=proj-base:x\nFROM ${FOUNDATION}', 'base'],
      ['an ARG default in quotes', 'ARG FOUNDATION="proj-base:x"\nFROM $FOUNDATION', 'base'],
      ['an ARG that takes up another', 'ARG TAG=7\nARG FROM_=proj-base:${TAG}\nFROM ${FROM_}', 'base'],
      ['a default in the FROM line', 'FROM ${FOUNDATION:-proj-base}', 'base'],
      ['a value where an ARG is set', 'ARG X=1\nFROM proj-${X:+base}', 'base'],
      ['a tag from an ARG', 'ARG TAG=x\nFROM proj-base:$TAG', 'base'],
      ['an ARG without a value', 'ARG NOTHING\nFROM $NOTHING', ''],
      ['a later stage', 'FROM scratch AS a\nFROM proj-base', 'base'],
      ['two of them', 'FROM proj-dev AS a\nFROM proj-base\nCOPY --from=a /a /a', 'dev base'],
      ['a stage that nothing needs', 'FROM proj-dev AS a\nFROM proj-base', 'base'],
      ['COPY --from', 'FROM scratch\nCOPY --from=proj-base:x --chown=1 /a /b', 'base'],
      [
        'COPY --from its own stage',
        'FROM scratch AS proj-base\nFROM scratch\nCOPY --from=proj-base /a /b',
        '',
      ],
      ['COPY --from a stage by number', 'FROM scratch\nFROM scratch\nCOPY --from=0 /a /b', ''],
      ['a stage in other letters', 'FROM scratch AS Proj-Base\nFROM PROJ-BASE', ''],
      ['RUN --mount', 'FROM scratch\nRUN --mount=type=bind,from=proj-base,target=/x true', 'base'],
      [
        'the second RUN --mount',
        'FROM x\nRUN --mount=type=cache,target=/c --mount=from=proj-base,target=/x :',
        'base',
      ],
      ['a heredoc that looks like it', 'FROM scratch\nRUN <<EOF\nFROM proj-base\nEOF', ''],
      ['a comment', '# FROM proj-base\nFROM scratch', ''],
      ['a line that goes on', 'FROM \\\n  proj-base', 'base'],
      ['another escape character', '# escape=`\nFROM `\n  proj-base', 'base'],
      ['an empty file', '', ''],
    ];
    for (const [title, dockerfile, needs] of cases) {
      it(`is told of ${title}`, () => expect(appNeeds(dockerfile)).to.equal(needs));
    }

    it('a name that the user lets stand for something else means that', () => {
      const contexts = { base: 'docker-image://proj-dev:alice' };
      expect(appNeeds('FROM base', { contexts })).to.equal('dev');
      expect(appNeeds('FROM base', { contexts: { base: '/folder' } })).to.equal('');
    });

    it('a build argument wins over a default', () => {
      const dockerfile = 'ARG FOUNDATION=proj-base\nFROM $FOUNDATION';
      expect(appNeeds(dockerfile, { buildArgs: { FOUNDATION: 'proj-dev' } })).to.equal('dev');
    });

    it('what the target does not need does not count', () => {
      const dockerfile = 'FROM proj-base AS First\nFROM proj-dev AS second';
      expect(appNeeds(dockerfile, { target: 'first' })).to.equal('base');
      expect(appNeeds(dockerfile, { target: 'second' })).to.equal('dev');
    });

    it('another tag of the image itself is there already', () => {
      expect(appNeeds('FROM scratch\nCOPY --from=proj-app:1.0 /a /a')).to.equal('');
    });

    it('of two images of one repository the one with the tag is meant', () => {
      const one = image('one', 'FROM scratch', { repository: 'proj-x', tag: '1' });
      const two = image('two', 'FROM scratch', { repository: 'proj-x', tag: '2' });
      const needs = (from: string) => needsOf(planGraph([one, two, image('app', `FROM ${from}`)])).app;
      expect(needs('proj-x:2')).to.equal('two');
      expect(needs('proj-x:3')).to.equal('one two');
    });

    it('says where it stands', () => {
      const graph = planGraph([base, image('app', '# a\n\nFROM proj-base:bob')]);
      expect(graph.needs.get('app')).to.deep.equal([{ image: 'base', reference: 'proj-base:bob', line: 3 }]);
    });
  });

  describe('the <NAME>_IMAGE argument', () => {
    const supplied = (dockerfile: string, more = {}) =>
      planGraph([base, image('app', dockerfile, more)]).args.get('app');

    it('is named after the image', () => {
      expect(['base', 'py3.11', 'a-b', '3d'].map(imageArg)).to.deep.equal([
        'BASE_IMAGE',
        'PY3_11_IMAGE',
        'A_B_IMAGE',
        '_3D_IMAGE',
      ]);
    });

    it('names the base without user and tag', () => {
      const graph = planGraph([image('app', 'ARG BASE_IMAGE\nFROM ${BASE_IMAGE}'), base]);
      expect(graph.args.get('app')).to.deep.equal({ BASE_IMAGE: 'proj-base:alice' });
      expect(graph.needs.get('app')).to.deep.equal([
        { image: 'base', reference: 'proj-base:alice', line: 2 },
      ]);
      expect(graph.order).to.deep.equal(['base', 'app']);
    });

    it('replaces a default that names an image of the project', () => {
      expect(supplied('ARG BASE_IMAGE=proj-base:latest\nFROM $BASE_IMAGE')).to.deep.equal({
        BASE_IMAGE: 'proj-base:alice',
      });
    });

    it('replaces a default that is the name of the image, which engines before 23 do not know', () => {
      expect(supplied('ARG BASE_IMAGE=base\nFROM $BASE_IMAGE')).to.deep.equal({
        BASE_IMAGE: 'proj-base:alice',
      });
    });

    it('replaces a default that names the image as it is called in a folder of another name', () => {
      expect(supplied('ARG BASE_IMAGE=other-base\nFROM $BASE_IMAGE')).to.deep.equal({
        BASE_IMAGE: 'proj-base:alice',
      });
    });

    it('leaves a default alone that names something else', () => {
      for (const foreign of ['python:3.12', 'company/python-base', 'registry.example.com/other-base']) {
        expect(supplied(`ARG BASE_IMAGE=${foreign}\nFROM $BASE_IMAGE`)).to.deep.equal({});
      }
    });

    it('leaves the user’s own value alone', () => {
      expect(supplied('ARG BASE_IMAGE\nFROM $BASE_IMAGE', { buildArgs: { BASE_IMAGE: 'x' } })).to.deep.equal(
        {},
      );
    });

    it('is not supplied where it is not declared, nor to the image itself', () => {
      expect(supplied('FROM python:3.12')).to.deep.equal({});
      expect(planGraph([image('base', 'ARG BASE_IMAGE\nFROM scratch')]).args.get('base')).to.deep.equal({});
    });

    it('is refused where it stands for two images', () => {
      const images = [
        image('a-b', 'FROM scratch'),
        image('a.b', 'FROM scratch'),
        image('app', 'ARG A_B_IMAGE\nFROM $A_B_IMAGE'),
      ];
      const { problems } = planGraph(images);
      expect([...problems.keys()]).to.deep.equal(['app']);
      expect(problems.get('app')?.message).to.include('ARG A_B_IMAGE stands for both a-b and a.b');
    });
  });

  describe('order', () => {
    it('puts each image behind what it needs, in levels', () => {
      const graph = graphOf({ app: 'base', dev: 'app base', base: '', other: '' });
      expect(graph.levels).to.deep.equal([['base', 'other'], ['app'], ['dev']]);
      expect(graph.order).to.deep.equal(['base', 'other', 'app', 'dev']);
    });

    it('knows what an image needs through others', () => {
      const graph = graphOf({ d: 'c', c: 'b', b: 'a', a: '', e: 'a' });
      expect(dependenciesOf(graph, 'd')).to.deep.equal(['a', 'b', 'c']);
      expect(dependenciesOf(graph, 'a')).to.deep.equal([]);
    });

    it('shows a cycle to all that stand in it, and to no other', () => {
      const graph = graphOf({ x: 'a', a: 'b', b: 'c', c: 'a', y: '' });
      const circle =
        'images need each other in a circle: a needs b (docker/a/Dockerfile:2), b needs c (docker/b/Dockerfile:2), c needs a (docker/c/Dockerfile:2)';
      expect([...graph.problems.keys()].sort()).to.deep.equal(['a', 'b', 'c']);
      for (const problem of graph.problems.values())
        expect(problem).to.include({ code: 'IMAGE_CYCLE', message: circle });
      expect(graph.order).to.have.members(['a', 'b', 'c', 'x', 'y']);
      expect(dependenciesOf(graph, 'y')).to.deep.equal([]);
    });

    it('shows each of several cycles', () => {
      const { problems } = graphOf({ a: 'b', b: 'a', c: 'd', d: 'c', e: 'a d' });
      expect([...problems.keys()].sort()).to.deep.equal(['a', 'b', 'c', 'd']);
    });

    it('shows an image that needs itself', () => {
      expect(graphOf({ a: 'a' }).problems.get('a')?.message).to.include('a needs a (docker/a/Dockerfile:2)');
    });

    it('holds for every graph without a cycle', () => {
      const edges = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 40 });
      fc.assert(
        fc.property(edges, fc.shuffledSubarray([...'abcdefghijkl'], { minLength: 12 }), (pairs, names) => {
          const needs: Record<string, string> = Object.fromEntries(names.map((name) => [name, '']));
          for (const [one, another] of pairs) {
            if (one < another) needs['abcdefghijkl'[another]!] += ` ${'abcdefghijkl'[one]}`;
          }
          const graph = graphOf(needs);
          expect(graph.order).to.have.members(names);
          for (const [name, own] of graph.needs) {
            for (const need of own)
              expect(graph.order.indexOf(need.image)).to.be.below(graph.order.indexOf(name));
          }
        }),
      );
    });
  });
});
