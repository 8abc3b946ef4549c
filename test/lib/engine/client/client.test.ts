import { createRequire } from 'node:module';
import { type Duplex, Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { format } from 'node:util';
import { expect } from 'chai';
import { EngineRefusal } from '../../../../lib/engine/client/errors.js';
import { list, mapOf, object, optional, text } from '../../../../lib/engine/client/shape.js';
import { type Engine, openEngine, resolveEngineAddress } from '../../../../lib/engine/index.js';
import { UserError } from '../../../../lib/text/user-error.js';
import { type Answers, beginning, brokenEngine, endless, ESCAPES, saying } from '../../../broken-engine.js';

const THING = object({ Name: text, Labels: optional(mapOf(text)), Parts: optional(list(text)) });

async function withEngine<Result>(
  answers: Answers,
  work: (engine: Engine, requests: string[]) => Promise<Result>,
  upgrade?: Parameters<typeof brokenEngine>[1],
): Promise<Result> {
  await using broken = await brokenEngine(answers, upgrade);
  const engine = await openEngine(resolveEngineAddress({ env: { DOCKER_HOST: broken.url } }), {
    timeout: 1_000,
  });
  try {
    return await work(engine, broken.requests);
  } finally {
    await engine.close();
  }
}

async function failure(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(UserError);
  return error as UserError;
}

const asked = (answers: Answers) =>
  withEngine(answers, (engine) => failure(engine.client.json('GET', '/thing', THING)));

describe('an answer of an engine', () => {
  it('is what was asked for, without what was not', async () => {
    const answers = { 'GET /thing': saying({ Name: 'a', Labels: { b: 'c' }, Parts: null, Other: 5 }) };
    const thing = await withEngine(answers, ({ client }) => client.json('GET', '/thing', THING));
    expect(thing.Name).to.equal('a');
    expect({ ...thing.Labels }).to.deep.equal({ b: 'c' });
    expect(thing.Parts).to.equal(undefined);
    expect(thing).not.to.have.property('Other');
  });

  it('is asked for again where a proxy closes the idle connection that the question goes on, a change is not', () => {
    const connections = new Map<unknown, number>();
    /** Breaks off whatever comes second on a connection. */
    const once: Answers[string] = (request, response) => {
      const count = (connections.get(request.socket) ?? 0) + 1;
      connections.set(request.socket, count);
      if (count > 1) request.socket.destroy();
      else saying({ Name: 'a' })(request, response);
    };
    return withEngine({ 'GET /thing': once, 'POST /thing': once }, async ({ client }, requests) => {
      for (let i = 0; i < 3; i++) expect((await client.json('GET', '/thing', THING)).Name).to.equal('a');
      await client.json('GET', '/thing', THING);
      const { code } = await failure(client.json('POST', '/thing', THING));
      expect(code).to.equal('ENGINE_LOST');
      expect(requests.filter((request) => request.startsWith('POST'))).to.have.lengthOf(1);
    });
  });

  it('may be left unread by who asked for it and has had enough', () =>
    withEngine({ 'GET /events': beginning('', 'stays') }, async ({ client }) => {
      const enough = new AbortController();
      const events = await client.objects('GET', '/events', THING, { signal: enough.signal });
      enough.abort(new Error('enough'));
      // An error that nobody listens to would end this process by now.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const read = await events.next().catch((error: Error) => error.message);
      expect(read).to.equal('enough');
    }));

  for (const [what, answer, code, says] of [
    ['breaks off', beginning('{"Na', 'breaks'), 'ENGINE_LOST', /broke off in GET \/thing/],
    ['stops in the middle', beginning('{"Na', 'stays'), 'ENGINE_LOST', /fell silent in GET \/thing/],
    ['is empty', saying(''), 'ENGINE_LOST', /ended without an answer in GET \/thing/],
    ['is not JSON', saying('{"Name": gar'), 'ENGINE_ANSWER', /GET \/thing with something that is not JSON/],
    ['is null', saying('null'), 'ENGINE_ANSWER', /it is null, not an object/],
    ['lacks something', saying({}), 'ENGINE_ANSWER', /Name is missing, not text/],
    [
      'has a list that is none',
      saying({ Name: 'a', Parts: 'b' }),
      'ENGINE_ANSWER',
      /Parts is "b", not a list/,
    ],
    [
      'has a label that is a number',
      saying({ Name: 'a', Labels: { b: 5 } }),
      'ENGINE_ANSWER',
      /Labels\.b is 5/,
    ],
    ['never ends', endless, 'ENGINE_ANSWER', /with more than any engine says/],
  ] as const)
    it(`that ${what}: one sentence with the request`, async () => {
      const error = await asked({ 'GET /thing': answer });
      expect(error.code).to.equal(code);
      expect(error.message).to.match(says).and.not.contain('\n');
    });

  it('that is not HTTP: one sentence', async () => {
    const error = await asked({ 'GET /thing': (request) => request.socket.end('SSH-2.0-OpenSSH\r\n') });
    expect(error.code).to.equal('ENGINE_ANSWER');
    expect(error.message).to.contain('not HTTP');
  });

  it('that is a refusal keeps its status and its sentence, without what a terminal obeys', async () => {
    const error = await asked({ 'GET /thing': saying({ message: `no ${ESCAPES} such thing.` }, 404) });
    expect(error).to.be.instanceOf(EngineRefusal);
    expect(error).to.include({ code: 'ENGINE_REFUSED', status: 404 });
    expect((error as EngineRefusal).sentence).to.match(/^no .*link such thing$/);
    expect(error.message).not.to.match(/[\x00-\x1f\x7f-\x9f]/);
  });

  it("that is a proxy's page is told in short", async () => {
    const page = `<html><body>Bad ${ESCAPES} gateway${'x'.repeat(20_000)}</body></html>`;
    const error = await asked({ 'GET /thing': saying(page, 502) });
    expect(error.message).to.contain('refused GET /thing: Bad').and.contain('(HTTP status 502)');
    expect(error.message.length).to.be.below(600);
    expect(error.message).not.to.match(/[\x00-\x1f\x7f-\x9f<]/);
  });

  it('that sends elsewhere is not followed', async () => {
    const location = 'ftp://nowhere.invalid/';
    const error = await asked({ 'GET /thing': (_, response) => response.writeHead(301, { location }).end() });
    expect(error).to.include({ code: 'ENGINE_REFUSED', status: 301 });
  });

  it('is given up with the reason of its signal', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const asking = withEngine(
      { 'GET /thing': () => setTimeout(() => abort.abort(reason), 50) },
      ({ client }) => client.json('GET', '/thing', THING, { signal: abort.signal }),
    );
    expect(await asking.catch((error: unknown) => error)).to.equal(reason);
  });
});

describe('a stream from an engine', () => {
  it('that breaks off fails with one sentence', async () => {
    const answers = { 'GET /bytes': beginning('some', 'breaks') };
    const read = async ({ client }: Engine) => textOf(await client.stream('GET', '/bytes'));
    const error = await withEngine(answers, (engine) => failure(read(engine)));
    expect(error.code).to.equal('ENGINE_LOST');
    expect(error.message).to.contain('GET /bytes');
  });

  for (const [what, answer, code] of [
    ['is not JSON', saying('{"status":"x"}\n{{{\n'), 'ENGINE_ANSWER'],
    ['is null', saying('null\n5\n'), 'ENGINE_ANSWER'],
    ['has no end of a line', endless, 'ENGINE_ANSWER'],
    ['breaks off', beginning('{"status":"x"}\n{"st', 'breaks'), 'ENGINE_LOST'],
  ] as const)
    it(`of messages that ${what} fails with one sentence`, async () => {
      const read = async ({ client }: Engine) => {
        for await (const message of client.messages('POST', '/pull')) void message;
      };
      const error = await withEngine({ 'POST /pull': answer }, (engine) => failure(read(engine)));
      expect(error.code).to.equal(code);
      expect(error.message).to.contain('POST /pull');
    });

  it('to an engine that fails by itself fails with what it failed with', async () => {
    const broken = new Error('the disk is gone');
    const body = new Readable({ read: () => undefined });
    const sending = withEngine({ 'POST /load': () => body.destroy(broken) }, ({ client }) =>
      client.stream('POST', '/load', { body }),
    );
    body.push('some');
    expect(await sending.catch((error: unknown) => error)).to.equal(broken);
  });
});

describe('a connection from an engine', () => {
  const upgraded = (upgrade: (socket: Duplex) => void) =>
    withEngine(
      {},
      ({ client }) => failure(client.upgrade('/session')),
      (_, socket) => upgrade(socket),
    );

  it('is not given away where the engine answers instead: one sentence', async () => {
    const error = await upgraded((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'));
    expect(error.code).to.equal('ENGINE_ANSWER');
    expect(error.message).to.contain('POST /session with HTTP status 200, not a connection');
  });

  it('that does not come is not waited for for ever', async () => {
    expect((await upgraded(() => undefined)).message).to.contain('fell silent in POST /session');
  });

  it('that breaks off, and one that is refused: one sentence each', async () => {
    expect((await upgraded((socket) => socket.destroy())).code).to.equal('ENGINE_LOST');
    const refusal = 'HTTP/1.1 404 Not Found\r\nContent-Length: 22\r\n\r\n{"message":"gone away"}';
    expect((await upgraded((socket) => socket.write(refusal))).code).to.equal('ENGINE_REFUSED');
  });

  it('carries nothing before what is written to it', async () => {
    const heard = await withEngine(
      {},
      async ({ client }) => {
        const connection = await client.upgrade('/containers/x/attach', { query: { stdin: '1' } });
        connection.end('input');
        return textOf(connection);
      },
      (_, socket) => {
        socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
        let said = '';
        socket.on('data', (chunk) => (said += String(chunk))).on('end', () => socket.end(`[${said}]`));
      },
    );
    expect(heard).to.equal('[input]');
  });
});

it('credentials in the headers of a request are not in the log of docker-modem', async () => {
  const debug = createRequire(createRequire(import.meta.url).resolve('docker-modem'))('debug') as {
    log: (...words: unknown[]) => void;
    enable: (names: string) => void;
    disable: () => void;
  };
  const { log } = debug;
  const lines: string[] = [];
  debug.log = (...words) => lines.push(format(...words));
  debug.enable('*');
  try {
    const headers = { 'X-Registry-Auth': 'c2VjcmV0' };
    await withEngine({}, ({ client }) => failure(client.json('GET', '/thing', THING, { headers })));
  } finally {
    debug.disable();
    debug.log = log;
  }
  expect(lines.join('\n')).to.contain('/thing').and.not.contain('c2VjcmV0');
});
