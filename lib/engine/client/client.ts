import { IncomingMessage } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { errorOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import type { DialAgent } from '../connect/dial-agent.js';
import type { EngineAddress } from '../connect/host.js';
import { bodyOf, textOf, TooLong } from './body.js';
import { engineLost, EngineRefusal, refusalSentence, wrongAnswer } from './errors.js';
import { type EngineMessage, readMessages, readObjects } from './messages.js';
import { createModem, type ModemRequest, type RequestOptions } from './modem.js';
import { type Shape, WrongShape } from './shape.js';
import { SilenceWatch } from './silence-watch.js';
import { Stopped } from './steady.js';

export type { RequestOptions } from './modem.js';

/**
 * The one way to speak to an engine. Each call settles: it gives what was asked for, or fails with {@link EngineRefusal},
 * `ENGINE_LOST` where the connection breaks off or falls silent, `ENGINE_ANSWER` where something else comes than was asked
 * for, one of the errors that a connection cannot be made with, or the reason of its signal. Streams fail with the same.
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
}

/** Bytes of the longest answer that is taken in one piece. */
const LONGEST_ANSWER = 64 << 20;
const LONGEST_REFUSAL = 64 << 10;

export interface ClientOptions {
  agent: DialAgent;
  /** Path prefix under which a proxy offers the engine, or undefined. */
  base: string;
  /**
   * Milliseconds without a byte that are allowed within an answer that is read as a whole, or before an upgrade is
   * answered.
   */
  timeout: number;
}

export function createClient(address: EngineAddress, { agent, base, timeout }: ClientOptions): EngineClient {
  const modem = createModem(agent);
  const watch = (what: string) =>
    new SilenceWatch(
      async (signal) => void (await send({ method: 'GET', path: '/_ping', signal })).resume(),
      () => engineLost(address, what, undefined, 'fell silent'),
    );

  /** Sends a request, and gives the body of an answer that is no refusal. */
  async function send(request: ModemRequest): Promise<Readable> {
    const explain = (error: Error) => explained(address, request, error);
    const answer = await modem({ ...request, path: base + request.path }).catch((error: Error) => {
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

  /**
   * As `send`, with a watch for a vanished engine. A body that is a stream has no watch here: whoever sends it
   * watches.
   */
  async function sendWatched(request: ModemRequest): Promise<Readable> {
    if (request.body instanceof Readable) return send(request);
    const watching = watch(nameOf(request));
    const signals = request.signal ? [request.signal, watching.signal] : [watching.signal];
    try {
      return await send({ ...request, signal: AbortSignal.any(signals) });
    } finally {
      watching.end();
    }
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

  async function* messages(request: ModemRequest): AsyncGenerator<EngineMessage> {
    try {
      yield* readMessages(await sendWatched(request));
    } catch (error) {
      throw explained(address, request, error as Error);
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
    const signals = request.signal ? [request.signal, slow.signal] : [slow.signal];
    const all = { ...request, signal: AbortSignal.any(signals) };
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
    stream: (method, path, options) => sendWatched({ method, path, ...options }),
    connect: () => agent.connect(),
    upgrade: (path, options) => upgrade({ method: 'POST', path, ...options }),
    watch,
  };
}

function nameOf({ method, path }: ModemRequest): string {
  return `${method} ${path}`;
}

/** Turns a failed request or answer into the error for the caller. */
function explained(address: EngineAddress, request: ModemRequest, error: Error): Error {
  const { signal, body } = request;
  if (body instanceof Readable && body.errored) return body.errored;
  if (signal?.aborted) return signal.reason as Error;
  if (error instanceof UserError) return error;
  const name = nameOf(request);
  if (error instanceof SyntaxError) return wrongAnswer(address, name, 'something that is not JSON');
  if (error instanceof WrongShape) return wrongAnswer(address, name, `another form (${error.message})`);
  if (error instanceof TooLong) return wrongAnswer(address, name, 'more than any engine says');
  if (error instanceof Stopped) return engineLost(address, name, error, 'fell silent');
  if ('code' in error && String(error.code).startsWith('HPE_'))
    return wrongAnswer(address, name, `something that is not HTTP (${error.message})`);
  // A TypeError comes from a request that cannot be written: a mistake of this program, which keeps its stack.
  return error instanceof TypeError ? error : engineLost(address, name, error);
}

/** A host that vanishes without a word would otherwise be waited for for ever. */
function keptAlive(connection: Duplex & { setKeepAlive?: (enable: boolean, delay: number) => void }): Duplex {
  connection.setKeepAlive?.(true, 30_000);
  return connection;
}
