import type { Engine } from '../types.js';
import { DEFAULT_SOCKET_PATH } from './host.js';
import { runProgram } from './ssh/route/run-program.js';

/** Asks the logged-in user's docker CLI for its endpoint. */
const INSPECT_CONTEXT = ['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];

/** Milliseconds until it must have begun. */
const PATIENCE = 15_000;

/**
 * Path of the engine's socket on its own machine. It is a guess: check that the engine that answers there is the
 * right one.
 */
export async function engineSocket(engine: Engine): Promise<string> {
  const { address, ssh } = engine;
  const { target } = address;
  const told = target.kind === 'unix' ? target.path : ssh?.target.socketPath;
  if (told !== undefined) return told;
  if (!ssh || !(await engine.facts()).rootless) return DEFAULT_SOCKET_PATH;
  const { output } = await runProgram(ssh, INSPECT_CONTEXT, PATIENCE);
  return socketIn(output.trim()) ?? DEFAULT_SOCKET_PATH;
}

function socketIn(url: string): string | undefined {
  return /^unix:\/\/(.*)$/.exec(url)?.[1];
}
