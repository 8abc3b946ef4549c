import type { BareContext } from './context.js';

/** What came of a build: how many of its steps came from the cache, of all that could. */
export interface BuiltInRun {
  steps: number;
  of: number;
}

const built = new WeakMap<BareContext['invocation'], Map<string, BuiltInRun>>();

/** By reference, the images that this run of gulp has built until now; whoever builds one sets it. */
export function builtInRun({ invocation }: BareContext): Map<string, BuiltInRun> {
  const known = built.get(invocation) ?? new Map<string, BuiltInRun>();
  built.set(invocation, known);
  return known;
}
