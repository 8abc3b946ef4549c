import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { buildInOrder } from '../../../../lib/build/graph/index.js';
import { UserError } from '../../../../lib/text/user-error.js';
import { graphOf } from './images.js';

interface Behaviour {
  /** What a build throws, by image. */
  failing?: Record<string, unknown>;
  /** Milliseconds that it takes, by image. */
  time?: Record<string, number>;
}

/** Builds that take a moment, and what happened. */
function workshop({ failing = {}, time = {} }: Behaviour = {}) {
  const started: string[] = [];
  const ended: string[] = [];
  let running = 0;
  const record = { started, ended, most: 0 };
  const build = async (image: string) => {
    started.push(image);
    record.most = Math.max(record.most, ++running);
    await setTimeout(time[image] ?? 1);
    running--;
    if (image in failing) throw failing[image];
    ended.push(image);
  };
  return { build, record };
}

async function failureOf(promise: Promise<void>): Promise<unknown> {
  return promise.then(
    () => expect.fail('nothing failed'),
    (error: unknown) => error,
  );
}

const failed = (message: string) => new UserError('RUN_FAILED', message);

describe('buildInOrder', () => {
  it('builds each image once, behind what it needs', async () => {
    const { build, record } = workshop();
    await buildInOrder(graphOf({ dev: 'app base', app: 'base', base: '' }), build, { concurrency: 4 });
    expect(record.ended).to.deep.equal(['base', 'app', 'dev']);
  });

  it('builds side by side what does not need each other, and starts it as soon as it can', async () => {
    const { build, record } = workshop({ time: { slow: 60, a: 1, b: 1 } });
    await buildInOrder(graphOf({ slow: '', a: '', b: 'a', c: 'slow' }), build, { concurrency: 2 });
    expect(record.started).to.deep.equal(['slow', 'a', 'b', 'c']);
    expect(record.ended).to.deep.equal(['a', 'b', 'slow', 'c']);
    expect(record.most).to.equal(2);
  });

  it('lets the others end when one fails, and names the failure last', async () => {
    const { build, record } = workshop({ failing: { app: failed('no space left') }, time: { other: 30 } });
    const graph = graphOf({ base: '', other: '', app: 'base', dev: 'app', more: 'other' });
    const error = await failureOf(buildInOrder(graph, build, { concurrency: 2 }));
    expect(record.ended).to.deep.equal(['base', 'other', 'more']);
    expect(error).to.be.instanceOf(UserError);
    expect((error as UserError).message).to.equal(
      'not built, because of what failed: dev\napp: no space left',
    );
  });

  it('throws the failure itself where it stopped nothing', async () => {
    const failure = failed('no');
    const { build } = workshop({ failing: { b: failure } });
    expect(await failureOf(buildInOrder(graphOf({ a: '', b: 'a' }), build, { concurrency: 2 }))).to.equal(
      failure,
    );
  });

  it('names several failures', async () => {
    const { build } = workshop({ failing: { a: failed('one'), b: failed('two') } });
    const error = await failureOf(buildInOrder(graphOf({ a: '', b: '' }), build, { concurrency: 2 }));
    expect((error as UserError).message).to.equal('a: one\nb: two');
  });

  it('lets an error of the program through as it is', async () => {
    const bug = new TypeError('x is undefined');
    const { build } = workshop({ failing: { a: failed('one'), b: bug } });
    expect(
      await failureOf(buildInOrder(graphOf({ a: '', b: '', c: 'a' }), build, { concurrency: 2 })),
    ).to.equal(bug);
  });

  it('catches a build that throws at once', async () => {
    const bug = new Error('at once');
    const build = () => {
      throw bug;
    };
    expect(await failureOf(buildInOrder(graphOf({ a: '' }), build, { concurrency: 1 }))).to.equal(bug);
  });

  it('builds only what is asked for, and does not wait for the rest', async () => {
    const { build, record } = workshop();
    const graph = graphOf({ base: '', app: 'base', dev: 'app' });
    await buildInOrder(graph, build, { concurrency: 1, images: ['dev', 'app'] });
    expect(record.ended).to.deep.equal(['app', 'dev']);
  });

  it('starts nothing more when it is aborted', async () => {
    const { build, record } = workshop({ time: { a: 20 } });
    const controller = new AbortController();
    const all = failureOf(
      buildInOrder(graphOf({ a: '', b: 'a' }), build, { concurrency: 1, signal: controller.signal }),
    );
    await setImmediate();
    controller.abort(failed('interrupted'));
    expect(await all).to.have.property('message', 'interrupted');
    expect(record.ended).to.deep.equal(['a']);
  });

  it('never runs more builds than allowed, and never one before what it needs', async () => {
    const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(edges, fc.integer({ min: 1, max: 4 }), fc.nat(8), async (pairs, concurrency, bad) => {
        const needs: Record<string, string> = Object.fromEntries([...'abcdefgh'].map((name) => [name, '']));
        for (const [one, another] of pairs) {
          if (one < another) needs['abcdefgh'[another]!] += ` ${'abcdefgh'[one]}`;
        }
        const graph = graphOf(needs);
        const failing = bad < 8 ? { ['abcdefgh'[bad]!]: failed('x') } : {};
        let running = 0;
        const ended = new Set<string>();
        const started: string[] = [];
        await buildInOrder(
          graph,
          async (name) => {
            started.push(name);
            expect(++running).to.be.at.most(concurrency);
            for (const need of graph.needs.get(name)!) expect(ended.has(need.image)).to.equal(true);
            await setImmediate();
            running--;
            if (name in failing) throw failing[name]!;
            ended.add(name);
          },
          { concurrency },
        ).catch((error: unknown) => expect(error).to.be.instanceOf(UserError));
        expect(new Set(started).size).to.equal(started.length);
        if (bad === 8) expect(ended.size).to.equal(8);
      }),
      { numRuns: 60 },
    );
  });
});
