import { text } from 'node:stream/consumers';
import type { Engine } from '../engine/types.js';

/** Milliseconds in which an engine of the same building answers, through ssh and a docker client too. */
const NEAR = 5;

/** A machine at work may take its time for one answer. */
const QUESTIONS = 4;

/**
 * Whether an engine answers so soon that it is on this machine or in a network around it: then the wire is hardly what
 * takes the time of a transfer. Nothing better is known before anything has been sent.
 */
export async function isNear({ address, client }: Engine): Promise<boolean> {
  if (!address.remote) return true;
  for (let question = 0; question < QUESTIONS; question++) {
    const asked = performance.now();
    try {
      await text(await client.stream('GET', '/_ping'));
    } catch {
      return false; // Whatever is wrong with it, the transfer will tell.
    }
    const elapsed = performance.now() - asked;
    if (elapsed < NEAR || elapsed > QUESTIONS * NEAR) return elapsed < NEAR;
  }
  return false;
}
