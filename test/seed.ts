import { createCipheriv, createHash, randomInt, type Cipher } from 'node:crypto';

/**
 * The seed of all that is random in this run: `TEST_SEED` from the environment, so that a failure can be replayed, or
 * a new one.
 */
export const seed = Number((process.env.TEST_SEED ??= String(randomInt(2 ** 31))));

/**
 * Begins the random numbers anew. They follow from the seed and from `subject` (a test's title) alone: so a test has
 * the same ones whether it runs by itself or among others.
 */
export function beginRandom(subject: string): void {
  const key = createHash('sha256').update(`${seed} ${subject}`).digest();
  source = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
}

/** Random bytes, which do not compress. */
export function randomBytes(length: number): Buffer {
  return source.update(Buffer.alloc(length));
}

/** A random whole number from `low` up to, and without, `high`. */
export function randomWhole(low: number, high: number): number {
  return low + Math.floor((randomBytes(6).readUIntBE(0, 6) / 2 ** 48) * (high - low));
}

let source: Cipher;
beginRandom('');
