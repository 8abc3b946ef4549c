/** What `this` is in a mocha test or hook that is a plain function. */
export interface MochaContext {
  skip(): never;
  /** The test or hook that it is, and its group. */
  test?: { title: string; parent?: object };
}

/**
 * Brings up something that a test needs. Where that cannot be, the test is skipped and the reason printed; with CI=true
 * in the environment it fails instead, so that no test passes there by not running.
 *
 *     const engine = await orSkip(this, () => bed.engine('28-containerd'));
 */
export async function orSkip<T>(context: MochaContext, bringUp: () => Promise<T>): Promise<T> {
  try {
    // Why this machine cannot have a bed was found out before the first test, and is told after the last.
    const missing = process.env.TEST_BED_MISSING;
    if (missing !== undefined) throw new Error(missing);
    return await bringUp();
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    const { message } = error as Error;
    if (message !== process.env.TEST_BED_MISSING) process.stderr.write(`test bed: skipped: ${message}\n`);
    const { title = '', parent } = context.test ?? {};
    // mocha would still call the hooks that take down what this one has not made.
    if (parent && title.startsWith('"before all" hook')) Reflect.set(parent, '_afterAll', []);
    return context.skip();
  }
}
