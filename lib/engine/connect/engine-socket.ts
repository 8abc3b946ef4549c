import { makerOf } from '../makers/index.js';
import type { Engine } from '../types.js';
import { runProgram } from './ssh/route/run-program.js';

/** Milliseconds until it must have begun. */
const PATIENCE = 15_000;

/**
 * Path of the engine's socket on its own machine; undefined where it is not known to have one. It is a guess: check that
 * the engine that answers there is the right one.
 */
export async function engineSocket(engine: Engine): Promise<string | undefined> {
  const { address, ssh } = engine;
  const { target } = address;
  const told = target.kind === 'unix' ? target.path : ssh?.target.socketPath;
  if (told !== undefined) return told;
  const facts = await engine.facts();
  const maker = makerOf(facts);
  const program = ssh && maker.socketProgram(facts);
  if (!program) return maker.defaultSocket;
  const { output } = await runProgram(ssh, program, PATIENCE);
  return socketIn(output.trim()) ?? maker.defaultSocket;
}

function socketIn(url: string): string | undefined {
  return /^unix:\/\/(.*)$/.exec(url)?.[1];
}
