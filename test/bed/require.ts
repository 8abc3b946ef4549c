/** What `this` is in a mocha test or hook that is a plain function. */
export interface MochaContext {
  skip(): never;
}

/**
 * Brings up something that a test needs. Where that cannot be, the test is skipped and the reason printed; with CI=true
 * in the environment it fails instead, so that no test passes there by not running.
 *
 *     const engine = await orSkip(this, () => bed.engine('28-containerd'));
 */
export async function orSkip<T>(context: MochaContext, bringUp: () => Promise<T>): Promise<T> {
  try {
    return await bringUp();
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    process.stderr.write(`test bed: skipped: ${(error as Error).message}\n`);
    return context.skip();
  }
}
