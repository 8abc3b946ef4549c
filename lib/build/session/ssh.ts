import fs from 'node:fs';
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { isNamedPipe, sshAgent } from '../../system/ssh-agent.js';
import { codeOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import { onlyQuestions } from './agent-questions.js';
import { type GrpcMethods, unary } from './grpc.js';
import { type GrpcCall, GrpcError, STATUS } from './grpc-call.js';
import { keyAgent } from './key-agent.js';
import { message } from './message.js';

/** Opens a connection that speaks the protocol of ssh-agent. */
export type OpenAgent = () => Duplex;

/** Makes ready what all `--ssh` flags name, by their ids. */
export async function prepareAgents(
  agents: ReadonlyMap<string, readonly string[]>,
  env: NodeJS.ProcessEnv,
): Promise<Map<string, OpenAgent>> {
  const ready = new Map<string, OpenAgent>();
  for (const [id, paths] of agents) ready.set(id, await prepareAgent(id, paths, env));
  return ready;
}

/**
 * Makes ready what `--ssh id[=path,…]` names: the socket of an agent, or private keys that an agent of our own holds.
 * @param paths none for the agent of SSH_AUTH_SOCK
 * @throws {UserError} `BUILD_SSH`
 */
async function prepareAgent(
  id: string,
  paths: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<OpenAgent> {
  const agent = sshAgent(env);
  const named = paths.length > 0 || agent === undefined ? paths : [agent];
  if (named.length === 0) {
    throw new UserError(
      'BUILD_SSH',
      `--ssh ${id} is to forward your ssh agent, but SSH_AUTH_SOCK is not set: start one (ssh-agent), or name keys (--ssh ${id}=path).`,
    );
  }
  const sockets = named.filter((path) => isNamedPipe(path) || isSocket(id, path));
  const [socket] = sockets;
  if (socket === undefined) return keyAgent(id, named);
  if (named.length > 1) {
    throw new UserError('BUILD_SSH', `--ssh ${id} takes one agent socket or several keys, not both.`);
  }
  return () => onlyQuestions(createConnection(socket));
}

/** Lends agents to the instructions that mount them (`RUN --mount=type=ssh`). */
export function sshService(agents: ReadonlyMap<string, OpenAgent>): GrpcMethods {
  const agentOf = (id: string) => {
    const open = agents.get(id || DEFAULT_ID);
    if (!open) throw new GrpcError(STATUS.notFound, `unset ssh forward key ${id}`);
    return open;
  };
  return {
    '/moby.sshforward.v1.SSH/CheckAgent': unary((request) => {
      agentOf(String(CheckAgentRequest.decode(request).ID));
      return NOTHING;
    }),
    '/moby.sshforward.v1.SSH/ForwardAgent': async (call) => {
      await forward(call, agentOf(call.metadata('buildkit.ssh.id')[0] ?? ''));
    },
  };
}

const DEFAULT_ID = 'default';
const CheckAgentRequest = message('CheckAgentRequest', { ID: 'string' });
const BytesMessage = message('BytesMessage', { data: 'bytes' });
const NOTHING = Buffer.alloc(0);

async function forward(call: GrpcCall, open: OpenAgent): Promise<void> {
  const agent = open();
  agent.on('data', (data: Buffer) => call.send(BytesMessage.encode({ data })));
  const closed = new Promise<void>((resolve) =>
    agent
      .once('error', () => resolve())
      .once('close', resolve)
      .once('end', resolve),
  );
  const asked = (async () => {
    for await (const message of call) agent.write(BytesMessage.decode(message).data);
    agent.end();
  })();
  await Promise.race([closed, asked.then(() => closed)]);
  agent.destroy();
}

function isSocket(id: string, path: string): boolean {
  try {
    return fs.statSync(path).isSocket();
  } catch (error) {
    throw new UserError('BUILD_SSH', `--ssh ${id}: ${path} cannot be read (${codeOf(error)}).`, {
      cause: error,
    });
  }
}
