import { type GrpcMethods, unary } from './grpc.js';

/** `HealthCheckResponse { status: SERVING }` */
const SERVING = Buffer.from([0x08, 0x01]);

/**
 * The engine asks every few seconds whether the client is still there, and drops a session that does not answer.
 * @param asked called each time, since it says that the engine is still there, too
 */
export function healthService(asked: () => void): GrpcMethods {
  return {
    '/grpc.health.v1.Health/Check': unary(() => {
      asked();
      return SERVING;
    }),
  };
}
