import type { sendUnaryData } from '@grpc/grpc-js';
import { method, RAW, type SessionService } from './service.js';

/** `HealthCheckResponse { status: SERVING }` */
const SERVING = Buffer.from([0x08, 0x01]);

/** The engine asks every five seconds whether the client is still there, and drops a session that does not answer. */
export function healthService(): SessionService {
  return {
    definition: { Check: method('/grpc.health.v1.Health/Check', RAW) },
    implementation: { Check: (_call: unknown, reply: sendUnaryData<Buffer>) => reply(null, SERVING) },
  };
}
