import type { Gulp } from './reachable.js';

/** What gulp lists its tasks with, instead of running any: what they do too, or names alone. */
export type Listing = 'described' | 'named';

/**
 * How gulp was asked to list its tasks, if it was.
 *
 * @param argv the words after `gulp`
 */
export function listingAsked(argv: readonly string[]): Listing | undefined {
  const has = (...names: string[]) => argv.some((word) => names.includes(word.replace(/=true$/, '')));
  if (has('--tasks-simple', '--tasksSimple')) return 'named';
  if (has('--tasks') || argv.some((word) => /^-[A-Za-z]+$/.test(word) && word.includes('T')))
    return 'described';
  return argv.some((word) => /^--tasks-?json\b/i.test(word)) ? 'named' : undefined;
}

type Work = (...args: never[]) => unknown;

/** Carries something out when gulp lists its tasks, by which time the gulpfile has defined them all. */
export function beforeListing(gulp: Gulp, work: () => void): void {
  const tree = gulp.tree.bind(gulp);
  gulp.tree = (options) => {
    work();
    return tree(options);
  };
}

/**
 * Leaves tasks out of what gulp lists, which is its tree; they can be run, and be named in the gulpfile, as before.
 *
 * @param hidden by name; one that the gulpfile has defined anew is listed
 */
export function leaveOut(gulp: Gulp, hidden: ReadonlyMap<string, Work>): void {
  const whole = gulp.tree.bind(gulp);
  const isHidden = (name: string) => hidden.has(name) && hidden.get(name) === gulp.task(name)?.unwrap?.();
  gulp.tree = (options) => {
    const { nodes, ...tree } = whole(options);
    // Where it is asked for names alone, a node is one.
    return {
      ...tree,
      nodes: nodes.filter((node) => !isHidden(typeof node === 'string' ? node : node.label)),
    };
  };
}
