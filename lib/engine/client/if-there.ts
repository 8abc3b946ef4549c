import { isRefusal } from './errors.js';

/** The answer to a call about something that may not be there; undefined where the engine refuses it with one of these statuses. */
export async function ifThere<T>(call: Promise<T>, ...missing: readonly number[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isRefusal(error, ...missing)) return undefined;
    throw error;
  }
}
