import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Type } from 'protobufjs';

/** What a session offers to the engine: gRPC methods and who answers them. */
export interface SessionService {
  definition: ServiceDefinition;
  implementation: UntypedServiceImplementation;
}

/** Messages that are encoded and decoded by who handles them. */
export const RAW = { encode: (bytes: Buffer) => bytes, decode: (bytes: Buffer) => bytes };

interface Codec {
  encode: (message: object) => Buffer;
  decode: (bytes: Buffer) => object;
}

/** Messages as plain objects, with every field present. */
export function codec(type: Type): Codec {
  return {
    encode: (message) => Buffer.from(type.encode(type.fromObject(message)).finish()),
    decode: (bytes) => type.toObject(type.decode(bytes), { defaults: true, bytes: Buffer }),
  };
}

/** @param path such as `/grpc.health.v1.Health/Check` */
export function method(
  path: string,
  request: Codec | typeof RAW,
  response: Codec | typeof RAW = request,
  streams = false,
): ServiceDefinition[string] {
  return {
    path,
    requestStream: streams,
    responseStream: streams,
    requestSerialize: request.encode,
    requestDeserialize: request.decode,
    responseSerialize: response.encode,
    responseDeserialize: response.decode,
  };
}
