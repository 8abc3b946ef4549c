import { listenTogether } from './shared-listener.js';

/** Resolves to the result of work; fails early, with what is made of the event, if this process emits that first. */
export async function unlessEmitted<Result>(
  work: () => Promise<Result>,
  event: 'beforeExit' | 'uncaughtException',
  reasonOf: (value: unknown) => unknown,
): Promise<Result> {
  let fail: (reason: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const forget = listenTogether(process, event, (value: unknown) => fail(reasonOf(value)));
  try {
    return await Promise.race([work(), failed]);
  } finally {
    forget();
  }
}
