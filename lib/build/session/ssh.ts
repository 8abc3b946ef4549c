import type { ServerDuplexStream, sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import fs from 'node:fs';
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { UserError } from '../../user-error.js';
import { keyAgent, readKeys } from './key-agent.js';
import { messageType } from './messages.js';
import { onlyQuestions } from './only-questions.js';
import { codec, method, type SessionService } from './service.js';

/** Opens a connection that speaks the protocol of ssh-agent. */
export type OpenAgent = () => Duplex;

interface Bytes {
  data: Buffer;
}

/**
 * Makes ready what `--ssh id[=path,…]` names: the socket of an agent, or private keys that an agent of our own holds.
 * @param paths none for the agent of SSH_AUTH_SOCK
 * @throws UserError `BUILD_SSH`
 */
export function prepareAgent(id: string, paths: readonly string[], env: NodeJS.ProcessEnv): OpenAgent {
  const named = paths.length > 0 ? paths : env.SSH_AUTH_SOCK ? [env.SSH_AUTH_SOCK] : [];
  if (named.length === 0) {
    throw new UserError(
      'BUILD_SSH',
      `--ssh ${id} is to forward your ssh agent, but SSH_AUTH_SOCK is not set: start one (ssh-agent), or name keys (--ssh ${id}=path).`,
    );
  }
  const sockets = named.filter((path) => isSocket(id, path));
  if (sockets.length === 0) {
    const keys = readKeys(id, named);
    return () => keyAgent(keys);
  }
  if (named.length > 1) {
    throw new UserError('BUILD_SSH', `--ssh ${id} takes one agent socket or several keys, not both.`);
  }
  return () => onlyQuestions(createConnection(sockets[0]!));
}

/** Lends agents to the instructions that mount them (`RUN --mount=type=ssh`). */
export function sshService(agents: ReadonlyMap<string, OpenAgent>): SessionService {
  const bytes = codec(messageType('BytesMessage', { data: 'bytes' }));
  return {
    definition: {
      CheckAgent: method(
        '/moby.sshforward.v1.SSH/CheckAgent',
        codec(messageType('CheckAgentRequest', { ID: 'string' })),
        codec(messageType('CheckAgentResponse', {})),
      ),
      ForwardAgent: method('/moby.sshforward.v1.SSH/ForwardAgent', bytes, bytes, true),
    },
    implementation: {
      CheckAgent: ({ request }: ServerUnaryCall<{ ID: string }, object>, reply: sendUnaryData<object>) => {
        if (agents.has(request.ID || DEFAULT_ID)) reply(null, {});
        else reply({ code: status.NOT_FOUND, details: `unset ssh forward key ${request.ID}` });
      },
      ForwardAgent: (call: ServerDuplexStream<Bytes, Bytes>) => {
        const id = String(call.metadata.get('buildkit.ssh.id')[0] ?? DEFAULT_ID);
        const open = agents.get(id);
        if (open) forward(call, open());
        else call.emit('error', { code: status.NOT_FOUND, details: `unset ssh forward key ${id}` });
      },
    },
  };
}

const DEFAULT_ID = 'default';

function forward(call: ServerDuplexStream<Bytes, Bytes>, agent: Duplex): void {
  call.on('data', ({ data }: Bytes) => agent.write(data));
  call.on('end', () => agent.end());
  call.on('cancelled', () => agent.destroy());
  call.on('error', () => agent.destroy());
  agent.on('data', (data: Buffer) => call.write({ data }));
  agent.on('error', () => call.end());
  agent.on('close', () => call.end());
  agent.on('end', () => call.end());
}

function isSocket(id: string, path: string): boolean {
  try {
    return fs.statSync(path).isSocket();
  } catch (error) {
    throw new UserError(
      'BUILD_SSH',
      `--ssh ${id}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      {
        cause: error,
      },
    );
  }
}
