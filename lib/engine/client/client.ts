import { IncomingMessage } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { errorOf } from '../../text/thrown.js';
import { type DialAgent, metClosingConnection } from '../connect/dial-agent.js';
import type { EngineAddress } from '../connect/host.js';
import { bodyOf, FIRST_BYTES, textOf, TooLong } from './body.js';
import { engineLost, EngineRefusal, refusalSentence, wrongAnswer } from './errors.js';
import { explained, nameOf } from './explained.js';
import { type EngineMessage, readMessages, readObjects } from './messages.js';
import { createModem, type ModemRequest, type RequestOptions } from './modem.js';
import type { Shape } from './shape.js';
import type { SilenceWatch } from './silence-watch.js';
import { isShownAsItGoes, waitedFor } from './waited-for.js';
import type { Waiting } from './waiting.js';
import { type Telling, watchesOver } from './watches.js';

export type { RequestOptions } from './modem.js';

/**
 * The one way to speak to an engine. Each call settles: it gives what was asked for, or fails with {@link EngineRefusal},
 * `ENGINE_LOST` where the connection breaks off or falls silent, `ENGINE_ANSWER` where something else comes than was asked
 * for, one of the errors that a connection cannot be made with, or the reason of its signal. Streams fail with the same.
 * Where an engine answers pings and says nothing else for long, the user is told what is waited for.
 */
export interface EngineClient {
  /** The answer, which has to be JSON of that shape. */
  json<T>(method: string, path: string, shape: Shape<T>, options?: RequestOptions): Promise<T>;
  /**
   * Resolves when the response's headers have come, to a promise of its body, which may take its time and is read
   * as by {@link json}.
   */
  begin<T>(
    method: string,
    path: string,
    shape: Shape<T>,
    options?: RequestOptions,
  ): Promise<{ answer: Promise<T> }>;
  /** The messages of an answer that is a stream of them, such as that of a pull. */
  messages(method: string, path: string, options?: RequestOptions): AsyncGenerator<EngineMessage>;
  /**
   * The objects of an answer that is a stream of them, one a line, of one shape. Resolves when the response's headers have
   * come; then there may be silence for as long as the engine likes.
   */
  objects<T>(
    method: string,
    path: string,
    shape: Shape<T>,
    options?: RequestOptions,
  ): Promise<AsyncGenerator<T>>;
  /** The bytes of an answer as they come. */
  stream(method: string, path: string, options?: RequestOptions): Promise<Readable>;
  /**
   * Upgrades the request to a raw connection, which the engine then no longer treats as HTTP. It fails with the
   * socket's own errors.
   */
  upgrade(path: string, options?: Omit<RequestOptions, 'body'> & { body?: object }): Promise<Duplex>;
  /** A new connection for a protocol other than HTTP/1, such as gRPC. It fails with the socket's own errors. */
  connect(): Promise<Duplex>;
  /** Starts a watch over a long request, to notice an engine that vanished without closing the connection. */
  watch(what: string): SilenceWatch;
  /** Begins to wait for an engine to do that (`take the image`): the user is told of long silence, until its end. */
  waiting(what: string): Waiting;
}

/** Bytes of the longest answer that is taken in one piece. */
const LONGEST_ANSWER = 64 << 20;
const LONGEST_REFUSAL = 64 << 10;

export interface ClientOptions extends Telling {
  agent: DialAgent;
  /** Path prefix under which a proxy offers the engine, or undefined. */
  base: string;
  /**
   * Milliseconds without a byte that are allowed within an answer that is read as a whole, or before an upgrade is
   * answered.
   */
  timeout: number;
}

export function createClient(address: EngineAddress, options: ClientOptions): EngineClient {
  const { agent, base, timeout, say, tellAfter } = options;
  const modem = createModem(agent);
  const ping = async (signal: AbortSignal) =>
    void (await send({ method: 'GET', path: '/_ping', signal })).resume();
  const { waiting, watch, watchOf } = watchesOver(address, ping, { say, tellAfter });

  /** Sends a request, and gives the body of an answer that is no refusal. */
  async function send(request: ModemRequest): Promise<Readable> {
    const explain = (error: Error) => explained(address, request, error);
    const ask = () => modem({ ...request, path: base + request.path });
    const answer = await ask()
      .catch((error: Error) => {
        if (request.method === 'GET' && !request.signal?.aborted && metClosingConnection(error)) return ask();
        throw error;
      })
      .catch((error: Error) => {
        throw explain(error);
      });
    if (!(answer instanceof IncomingMessage)) {
      answer.destroy();
      throw wrongAnswer(address, nameOf(request), 'a connection');
    }
    const status = answer.statusCode ?? 0;
    const body = bodyOf(answer, explain);
    // 304: the container that is to be stopped has stopped already.
    if ((status >= 200 && status < 300) || status === 304) return body;
    const said = await textOf(body, LONGEST_REFUSAL, timeout).catch((error: unknown) => {
      if (error instanceof TooLong) return '';
      throw explain(error as Error);
    });
    throw new EngineRefusal(address, nameOf(request), status, refusalSentence(status, said));
  }

  /** Begins a watch over a request, the body that it sends included. */
  function begun(asked: ModemRequest): { request: ModemRequest; watching: SilenceWatch } {
    const watching = watchOf(nameOf(asked), asked);
    const request = { ...asked, signal: either(asked.signal, watching.signal) };
    if (asked.body instanceof Readable)
      request.body = Readable.from(watching.given(asked.body), { objectMode: false });
    return { request, watching };
  }

  /** As `send`, with a watch for a vanished engine. */
  async function sendWatched(asked: ModemRequest): Promise<Readable> {
    const { request, watching } = begun(asked);
    try {
      return await send(request);
    } finally {
      watching.end();
    }
  }

  /** As `sendWatched`; how long the first byte may take, only the engine knows. */
  async function sendForBytes(request: ModemRequest): Promise<Readable> {
    const body = await sendWatched(request);
    if (request.mayBeSilent) return body;
    const told = waiting(waitedFor(nameOf(request)));
    const end = () => told.end();
    return body.once('close', end).once(FIRST_BYTES, end);
  }

  /** @param pause milliseconds without a byte that are allowed; without it there is no such limit */
  async function read<T>(body: Readable, request: ModemRequest, shape: Shape<T>, pause?: number): Promise<T> {
    try {
      const said = await textOf(body, LONGEST_ANSWER, pause);
      if (said.trim() !== '') return shape(JSON.parse(said));
    } catch (error) {
      throw explained(address, request, error as Error);
    }
    try {
      return shape(undefined);
    } catch {
      // An engine that is shutting down may end an answer properly without having written the whole of it.
      throw engineLost(address, nameOf(request), undefined, 'ended without an answer');
    }
  }

  /** A watch over all of it, the body that is sent and the answer. */
  async function* messages(asked: ModemRequest): AsyncGenerator<EngineMessage> {
    const { request, watching } = begun(asked);
    try {
      for await (const message of readMessages(watching.over(await send(request)))) {
        if (isShownAsItGoes(nameOf(asked))) watching.silenceIsInOrder();
        yield message;
      }
    } catch (error) {
      throw explained(address, request, error as Error);
    } finally {
      watching.end();
      if (request.body instanceof Readable) request.body.destroy();
    }
  }

  async function* objectsIn<T>(body: Readable, request: ModemRequest, shape: Shape<T>): AsyncGenerator<T> {
    try {
      yield* readObjects(body, (line) => shape(JSON.parse(line)));
    } catch (error) {
      throw explained(address, request, errorOf(error));
    }
  }

  async function upgrade(request: ModemRequest): Promise<Duplex> {
    const slow = new AbortController();
    const timer = setTimeout(
      () => slow.abort(engineLost(address, nameOf(request), undefined, 'fell silent')),
      timeout,
    );
    const all = { ...request, signal: either(request.signal, slow.signal) };
    try {
      const answer = await modem({ ...all, path: base + request.path, upgrade: true });
      if (!(answer instanceof IncomingMessage)) return keptAlive(answer);
      const status = answer.statusCode ?? 0;
      const said = await textOf(
        bodyOf(answer, (error) => error),
        LONGEST_REFUSAL,
        timeout,
      );
      if (status < 400)
        throw wrongAnswer(address, nameOf(request), `HTTP status ${status}, not a connection`);
      throw new EngineRefusal(address, nameOf(request), status, refusalSentence(status, said));
    } catch (error) {
      throw explained(address, all, error as Error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    json: async (method, path, shape, options) => {
      const request = { method, path, ...options };
      return read(await sendWatched(request), request, shape, timeout);
    },
    begin: async (method, path, shape, options) => {
      const request = { method, path, ...options };
      return { answer: read(await sendWatched(request), request, shape) };
    },
    messages: (method, path, options) => messages({ method, path, ...options }),
    objects: async (method, path, shape, options) => {
      const request = { method, path, ...options };
      return objectsIn(await sendWatched(request), request, shape);
    },
    stream: (method, path, options) => sendForBytes({ method, path, ...options }),
    connect: () => agent.connect(),
    upgrade: (path, options) => upgrade({ method: 'POST', path, ...options }),
    watch,
    waiting,
  };
}

function either(given: AbortSignal | undefined, own: AbortSignal): AbortSignal {
  return given ? AbortSignal.any([given, own]) : own;
}

/** A host that vanishes without a word would otherwise be waited for for ever. */
function keptAlive(connection: Duplex & { setKeepAlive?: (enable: boolean, delay: number) => void }): Duplex {
  connection.setKeepAlive?.(true, 30_000);
  return connection;
}
