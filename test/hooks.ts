import fc from 'fast-check';
import type { Context, RootHookObject } from 'mocha';
import { beginRandom, seed } from './seed.js';

fc.configureGlobal({ seed });

// What tasks say there besides is asked for by the tests that are about it.
delete process.env.GITHUB_ACTIONS;

/** Makes what is random in a test depend on the seed and on its title alone, and before the first test on its file. */
export const mochaHooks: RootHookObject = {
  beforeEach(this: Context) {
    beginRandom(this.currentTest!.fullTitle());
  },
  afterAll() {
    beginRandom();
  },
};
