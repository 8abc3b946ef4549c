interface Choice {
  why: string;
  applies: (words: readonly string[]) => boolean;
}

/** Lines of which this project makes something else than the docker CLI, on purpose. */
export const BY_CHOICE: readonly Choice[] = [
  {
    why: 'The CLI lets a count of CPUs overflow into another one; here it is refused.',
    applies: (words) => words.includes('--limit-cpu=1e400'),
  },
  {
    why: 'JSON in JavaScript keeps no integer beyond 2^53 exactly in general: one that would be changed is refused.',
    applies: (words) => words.some((word) => word.endsWith('2562047h47m16.854775807s')),
  },
  {
    why: 'Where a variable is given twice alike and then otherwise, the CLI panics or leaves an old value beside the new one; here the last value alone stays.',
    applies: (words) => words.filter((word) => word === 'A=1').length > 1,
  },
];
