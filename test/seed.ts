import { type Cipher, createCipheriv, createHash, randomInt } from 'node:crypto';

/**
 * The seed of all that is random in this run, and in the processes that it starts: `TEST_SEED` from the environment, so
 * that a failure can be replayed, or a new one.
 */
export const seed = Number((process.env.TEST_SEED ??= String(randomInt(2 ** 31))));

/**
 * Begins the random numbers anew. They follow from the seed and from `subject` alone, so that a test has the same ones
 * by itself and among others.
 *
 * @param subject without it, it is the test file that wants the next one
 */
export function beginRandom(subject?: string): void {
  source = subject === undefined ? undefined : sourceOf(subject);
}

/** Random bytes, which do not compress. */
export function randomBytes(length: number): Buffer {
  source ??= sourceOf(/\btest\/[^:]+\.test\.ts/.exec(new Error().stack ?? '')?.[0] ?? '');
  return source.update(Buffer.alloc(length));
}

/** A random whole number from `low` up to, and without, `high`. */
export function randomWhole(low: number, high: number): number {
  return low + Math.floor((randomBytes(6).readUIntBE(0, 6) / 2 ** 48) * (high - low));
}

let source: Cipher | undefined;

function sourceOf(subject: string): Cipher {
  const key = createHash('sha256').update(`${seed} ${subject}`).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
}
