const ALL = 'ALL';
/** Means something to `docker service update` alone. */
const RESET = 'RESET';

export interface Capabilities {
  add: string[];
  drop: string[];
}

/** Capabilities by their full names, each once, sorted: ALL stands for all others, and what is added is not dropped. */
export function effectiveCapabilities(add: readonly string[], drop: readonly string[]): Capabilities {
  const [added, dropped] = [namesOf(add), namesOf(drop)];
  return {
    add: [...added].filter((name) => name !== RESET).sort(),
    drop: [...dropped].filter((name) => name !== RESET && !added.has(name)).sort(),
  };
}

function namesOf(given: readonly string[]): Set<string> {
  const names = new Set(given.map(fullName));
  return names.has(ALL) ? new Set([ALL]) : names;
}

function fullName(text: string): string {
  const name = text.trim().toUpperCase();
  return name === ALL || name === RESET || name.startsWith('CAP_') ? name : `CAP_${name}`;
}
