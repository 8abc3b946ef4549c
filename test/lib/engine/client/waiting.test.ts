import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { load } from '../../../../lib/engine/images/load.js';
import { type Engine, openEngine, resolveEngineAddress } from '../../../../lib/engine/index.js';
import { type Answers, brokenEngine } from '../../../broken-engine.js';
import { until } from '../../../until.js';

/** Reads all, and never answers; pings are answered. */
const SILENT = (request: Readable) => void request.resume();

/** What is said while work waits for an engine that says nothing. */
async function saidWhile(
  answers: Answers,
  work: (engine: Engine, signal: AbortSignal) => Promise<unknown>,
  enough: (said: readonly string[]) => boolean,
): Promise<string[]> {
  await using broken = await brokenEngine(answers);
  const said: string[] = [];
  const options = { say: (line: string) => said.push(line), tellAfter: 60 };
  const engine = await openEngine(resolveEngineAddress({ env: { DOCKER_HOST: broken.url } }), options);
  const end = new AbortController();
  const ended = work(engine, end.signal).catch((error: unknown) => error);
  try {
    await until('what is said', () => Promise.resolve(enough(said)));
    return said;
  } finally {
    end.abort(new Error('enough'));
    await ended;
    await engine.close();
  }
}

describe('an engine that answers pings and nothing else', () => {
  for (const [what, request, work, words] of [
    [
      'never answers a load',
      'POST /images/load',
      (engine: Engine, signal: AbortSignal) => load(engine, Readable.from([Buffer.alloc(1000)]), signal),
      'take the image',
    ],
    [
      'never gives an image away',
      'GET /images/x/get',
      ({ client }: Engine, signal: AbortSignal) => client.stream('GET', '/images/x/get', { signal }),
      'give the image away',
    ],
    [
      'never says what it has',
      'GET /thing',
      ({ client }: Engine, signal: AbortSignal) => client.json('GET', '/thing', () => 0, { signal }),
      'answer GET /thing',
    ],
  ] as const)
    it(`and ${what}: that is said, again and again, after twice the time each`, async () => {
      const said = await saidWhile({ [request]: SILENT }, work, ({ length }) => length >= 2);
      for (const line of said)
        expect(line).to.match(
          new RegExp(
            `^still waiting for the engine at \\S+ to ${words}: not a word for \\S+ \\(Ctrl-C ends it\\)$`,
          ),
        );
    });

  it('is not to blame while the bytes that it is to get do not come', async () => {
    let isSlow = true;
    async function* archive() {
      yield Buffer.alloc(10);
      await sleep(600);
      isSlow = false;
      yield Buffer.alloc(10);
    }
    const work = (engine: Engine, signal: AbortSignal) => load(engine, archive(), signal);
    let early = 0;
    await saidWhile({ 'POST /images/load': SILENT }, work, ({ length }) => {
      if (isSlow) early = length;
      return length > 0;
    });
    expect(early).to.equal(0);
  });

  it('is not waited for by who follows what it has to tell', async () => {
    const following = ({ client }: Engine, signal: AbortSignal) =>
      client.stream('GET', '/logs', { signal, mayBeSilent: true });
    let looks = 0;
    const said = await saidWhile({ 'GET /logs': SILENT }, following, () => ++looks > 20);
    expect(said).to.deep.equal([]);
  });
});
