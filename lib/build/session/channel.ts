import type { Duplex } from 'node:stream';
import type { Engine } from '../../engine/types.js';
import { bytesOf } from '../../text/bytes.js';
import { isAtLeast } from '../../text/is-at-least.js';
import { GrpcError } from './grpc-call.js';
import { GrpcClient } from './grpc-client.js';
import { message } from './message.js';

/** BuildKit's control service, which docker buildx, too, builds by. */
export const CONTROL = '/moby.buildkit.v1.Control';

/** From this API version on an engine speaks gRPC on its own socket; the ways before it are deprecated (moby#51696). */
const NATIVE = '1.53';

/** The ways to the BuildKit in an engine. */
export interface BuildKitChannel {
  control: GrpcClient;
  /** A connection over which the engine asks this process, with what it is to know of it in headers. */
  session(headers: Record<string, string | string[]>): Promise<Duplex>;
  close(): void;
}

/** Opens the way that the engine has. */
export async function openChannel(engine: Engine): Promise<BuildKitChannel> {
  return (await openNative(engine)) ?? (await openUpgraded(engine));
}

async function openUpgraded(engine: Engine): Promise<BuildKitChannel> {
  const control = new GrpcClient(await engine.client.upgrade('/grpc', { headers: { Upgrade: 'h2c' } }));
  return {
    control,
    session: (headers) => engine.client.upgrade('/session', { headers: { Upgrade: 'h2c', ...headers } }),
    close: () => control.close(),
  };
}

/** @returns undefined where the engine, or what carries its connections, does not speak HTTP/2 */
async function openNative(engine: Engine): Promise<BuildKitChannel | undefined> {
  // Behind a TCP port it speaks HTTP/2 only as TLS negotiates it, and behind a path there is a proxy.
  const { apiVersion } = await engine.facts();
  if (engine.address.target.kind === 'tcp' || !isAtLeast(apiVersion, NATIVE)) return undefined;
  const control = new GrpcClient(await engine.client.connect());
  try {
    for await (const _ of control.call(`${CONTROL}/ListWorkers`, Buffer.alloc(0)));
  } catch (error) {
    control.close();
    if (error instanceof GrpcError) return undefined;
    throw error;
  }
  return {
    control,
    session: (headers) => Promise.resolve(control.pipe(`${CONTROL}/Session`, headers, BYTES)),
    close: () => control.close(),
  };
}

const BytesMessage = message('BytesMessage', { data: 'bytes' });
const BYTES = {
  encode: (data: Buffer) => BytesMessage.encode({ data }),
  decode: (bytes: Buffer) => bytesOf(BytesMessage.decode(bytes).data),
};
