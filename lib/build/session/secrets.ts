import fs from 'node:fs/promises';
import { codeOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import { type GrpcMethods, unary } from './grpc.js';
import { GrpcError, STATUS } from './grpc-call.js';
import { message } from './message.js';

/** Where the value of a `RUN --mount=type=secret,id=…` comes from. */
export type SecretSource = { file: string } | { env: string };

/** BuildKit's own limit. */
const MAX_BYTES = 500 * 1024;

/**
 * Reads the secrets once, before the build, so that one that is missing is told at once.
 * @throws {UserError} `BUILD_SECRET` that names the id and never the value
 */
export async function readSecrets(
  sources: ReadonlyMap<string, SecretSource>,
  env: NodeJS.ProcessEnv,
): Promise<Map<string, Buffer>> {
  const values = new Map<string, Buffer>();
  for (const [id, source] of sources) {
    const value =
      'file' in source ? await readSecretFile(id, source.file) : fromEnvironment(id, source.env, env);
    if (value.length > MAX_BYTES) {
      throw new UserError(
        'BUILD_SECRET',
        `The secret ${id} is larger than 500 KiB, which BuildKit does not take.`,
      );
    }
    values.set(id, value);
  }
  return values;
}

/** Hands out build secrets to the instructions that mount them. */
export function secretsService(values: ReadonlyMap<string, Buffer>): GrpcMethods {
  return {
    '/moby.buildkit.secrets.v1.Secrets/GetSecret': unary((request) => {
      const id = String(GetSecretRequest.decode(request).ID);
      const data = values.get(id);
      if (!data) throw new GrpcError(STATUS.notFound, `secret ${id}: not found`);
      return GetSecretResponse.encode({ data });
    }),
  };
}

const GetSecretRequest = message('GetSecretRequest', { ID: 'string' });
const GetSecretResponse = message('GetSecretResponse', { data: 'bytes' });

async function readSecretFile(id: string, file: string): Promise<Buffer> {
  try {
    return await fs.readFile(file);
  } catch (error) {
    throw new UserError(
      'BUILD_SECRET',
      `The secret ${id} cannot be read from ${file} (${codeOf(error) ?? 'error'}).`,
      { cause: error },
    );
  }
}

function fromEnvironment(id: string, name: string, env: NodeJS.ProcessEnv): Buffer {
  const value = env[name];
  if (value === undefined) {
    throw new UserError('BUILD_SECRET', `The secret ${id} is to come from $${name}, which is not set.`);
  }
  return Buffer.from(value);
}
