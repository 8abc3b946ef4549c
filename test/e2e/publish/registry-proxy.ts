import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Transform } from 'node:stream';
import type { BedRegistry } from '../../bed/index.js';

/** What the proxy does to requests instead of passing them on. */
export interface Disturbance {
  /** An HTTP status, or a connection that is cut: at once, or after some of the body has gone through. */
  answer: number | 'cut' | 'cut in the body';
  /** How many requests; all that fit unless given. */
  times?: number;
  /** Which: a pattern for `METHOD path`. */
  on: RegExp;
  /** Words of the answer, as a registry's `message`. */
  says?: string;
}

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Bytes of its body. */
  size: number;
  /** Status of the answer; undefined while there is none, or where the connection was cut. */
  status?: number;
}

/** A proxy in front of a registry of the test bed that counts what passes, and disturbs it on demand. */
export interface RegistryProxy {
  /** What stands before the first `/` of a reference. */
  address: string;
  seen: SeenRequest[];
  /** Blobs that were uploaded to their end: a PUT of an upload that the registry took. */
  uploads(): number;
  disturb(disturbance: Disturbance): void;
  /** Passes bodies on with about so many bytes a second. */
  slow(bytesPerSecond: number): void;
  /** Calls back once, when so many bytes of bodies have gone through. */
  after(bytes: number, then: () => void): void;
  /** Passes everything on again. */
  calm(): void;
  close(): Promise<void>;
}

export async function registryProxy(registry: BedRegistry): Promise<RegistryProxy> {
  const seen: SeenRequest[] = [];
  let disturbances: Disturbance[] = [];
  let rate = Infinity;
  let passed = 0;
  let waiting: { bytes: number; then: () => void } | undefined;

  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    const one: SeenRequest = { method, path: url, headers, size: 0 };
    seen.push(one);
    const disturbance = disturbances.find(
      ({ on, times = Infinity }) => times > 0 && on.test(`${method} ${url}`),
    );
    if (disturbance?.times !== undefined) disturbance.times--;
    if (disturbance?.answer === 'cut') return void incoming.socket.destroy();
    if (typeof disturbance?.answer === 'number') {
      const { answer, says } = disturbance;
      one.status = answer;
      outgoing.writeHead(answer, { 'Content-Type': 'application/json', Connection: 'close' });
      outgoing.end(
        says === undefined ? '' : JSON.stringify({ errors: [{ code: codes[answer], message: says }] }),
      );
      return;
    }
    const { socket } = incoming;
    const onward = forward(
      { host: '127.0.0.1', port: registry.port, method, path: url, headers },
      (answer) => {
        one.status = answer.statusCode;
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => socket.destroy());
    const counter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        one.size += chunk.length;
        count(chunk.length);
        if (disturbance && one.size > CUT_AFTER) return void socket.destroy();
        setTimeout(() => done(null, chunk), (chunk.length / rate) * 1000);
      },
    });
    pipeline(incoming, counter, onward, () => undefined);
  }).listen(0);

  function count(bytes: number): void {
    passed += bytes;
    if (!waiting || passed < waiting.bytes) return;
    const { then } = waiting;
    waiting = undefined;
    then();
  }

  await once(server, 'listening');
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    seen,
    uploads: () =>
      seen.filter(({ method, status }) => method === 'PUT' && status === 201).filter(isUpload).length,
    disturb: (disturbance) => void disturbances.push({ ...disturbance }),
    slow: (bytesPerSecond) => (rate = bytesPerSecond),
    after: (bytes, then) => (waiting = { bytes: passed + bytes, then }),
    calm: () => ((disturbances = []), (rate = Infinity)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Bytes of a body that go through before it is cut. */
const CUT_AFTER = 200_000;

const isUpload = ({ path }: SeenRequest) => path.includes('/blobs/uploads/');

const codes: Record<number, string> = { 403: 'DENIED', 429: 'TOOMANYREQUESTS', 503: 'UNAVAILABLE' };
