interface Choice {
  why: string;
  applies: (words: readonly string[]) => boolean;
}

/** Lines of which this project makes something else than the docker CLI, on purpose. */
export const BY_CHOICE: readonly Choice[] = [
  {
    why: 'The CLI lets a count of CPUs overflow into another one; here it is refused.',
    applies: (words) => words.includes('--cpus=1e400'),
  },
  {
    why: 'JSON in JavaScript keeps no integer beyond 2^53 exactly in general: one that would be changed is refused.',
    applies: (words) =>
      ['--health-interval=2562047h47m16.854775807s', '--memory=8191.5p'].some((word) => words.includes(word)),
  },
  {
    why: 'The CLI takes a single letter before a colon for a Windows drive, and lets the engine make a volume of a path that is none; no engine has volumes of one letter or mounts a drive, so both are refused here.',
    applies: (words) => words.some((word) => /^(--volume=)?(v|é|\/x:y):\/[bz]$/.test(word)),
  },
  {
    why: 'The CLI panics on a CDI device whose vendor or class is a single letter.',
    applies: (words) => words.includes('vendor.com/c=d'),
  },
];
