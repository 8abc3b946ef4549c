import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../../text/did-you-mean.js';
import { UserError } from '../../text/user-error.js';
import { flag, object, optional, type Shaped, text, WrongShape } from '../client/shape.js';
import { dockerConfigFolder, type Environment, readOptionalFile } from '../credentials/docker-config.js';
import type { EngineAddress } from './host.js';

/** The context that stands for DOCKER_HOST and the default socket; it is never stored. */
export const DEFAULT_CONTEXT = 'default';

/** What a docker context says of its engine. */
export interface ContextEndpoint {
  /** As it was given to `docker context create`; may be empty. */
  host: string;
  tls?: EngineAddress['tls'];
}

const META = object({
  Name: optional(text),
  Endpoints: optional(
    object({ docker: optional(object({ Host: optional(text), SkipTLSVerify: optional(flag) })) }),
  ),
});

/**
 * Reads one docker context from the CLI's store: `contexts/meta/<sha256 of the name>/meta.json`, and its TLS
 * files beside it in `contexts/tls`.
 *
 * @returns undefined where there is no context of that name
 * @throws {UserError} `BAD_CONTEXT` where its files are broken
 */
export function readContext(name: string, env: Environment): ContextEndpoint | undefined {
  const store = join(dockerConfigFolder(env), 'contexts');
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(store, 'meta', id, 'meta.json');
  const content = readOptionalFile(file);
  if (content === undefined) return undefined;

  const endpoint = parseMeta(content, file).Endpoints?.docker;
  if (endpoint === undefined) {
    throw new UserError('BAD_CONTEXT', `The docker context "${name}" (${file}) names no engine.`);
  }
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((part) =>
    readOptionalFile(join(store, 'tls', id, 'docker', part)),
  );
  const verify = endpoint.SkipTLSVerify !== true;
  const hasTls = !verify || ca !== undefined || cert !== undefined || key !== undefined;
  return { host: endpoint.Host ?? '', ...(hasTls && { tls: { ca, cert, key, verify } }) };
}

/** The error for a context that does not exist. `origin` says who named it. */
export function unknownContext(name: string, origin: string, env: Environment): UserError {
  return new UserError(
    'UNKNOWN_CONTEXT',
    `There is no docker context "${name}" (${origin})${didYouMean(name, contextNames(env))}: "docker context ls" lists them.`,
  );
}

function contextNames(env: Environment): string[] {
  const meta = join(dockerConfigFolder(env), 'contexts', 'meta');
  let ids: string[] = [];
  try {
    ids = readdirSync(meta);
  } catch {
    // Without a context store there are no contexts.
  }
  return ids.flatMap((id) => {
    const file = join(meta, id, 'meta.json');
    const content = readOptionalFile(file);
    return content === undefined ? [] : (parseMeta(content, file).Name ?? []);
  });
}

function parseMeta(content: string, file: string): Shaped<typeof META> {
  try {
    return META(JSON.parse(content));
  } catch (error) {
    const fault = error instanceof WrongShape ? `is not that of a context (${error.message})` : 'is not JSON';
    throw new UserError('BAD_CONTEXT', `${file} ${fault}: remove that docker context and create it again.`);
  }
}
