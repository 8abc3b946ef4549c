import { formatBytes, formatDuration } from '../../lib/report/index.js';

/** Rotated by one each round, and backwards every other one: each comes behind each other one. */
export function inTurn<T>(items: readonly T[], round: number): T[] {
  const turned = items
    .map((_, index) => items.at((index + round) % items.length))
    .filter((one) => one !== undefined);
  return round % 2 === 0 ? turned : turned.reverse();
}

/** What each way took in each round. */
export type Results<T> = ReadonlyMap<string, readonly T[]>;

/** Carries out all ways in turn, so many times. */
export async function alternate<T>(
  ways: Readonly<Record<string, (round: number) => Promise<T>>>,
  rounds: number,
): Promise<Results<T>> {
  const results = new Map<string, T[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of inTurn(Object.entries(ways), round)) results.get(name)?.push(await way(round));
  }
  return results;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** The median of what each result has of it. */
export function medianOf<T>(results: readonly T[], of: (result: T) => number | undefined): number {
  return median(results.map(of).filter((value) => value !== undefined));
}

/** What of a result is printed, the medians of all rounds; the ratio is that of the first way to each other one. */
export type Columns<T> = Readonly<
  Record<string, { of: (result: T) => number | undefined; as: (value: number) => string }>
>;

export const duration = (milliseconds: number) => formatDuration(milliseconds);
export const seconds = (value: number) => `${value.toFixed(2)} s`;
export const bytes = (value: number) => formatBytes(value);

/** Prints a line a way, ours first: its medians, and what part of the way's ours are. */
export function printRatios<T>(results: Results<T>, columns: Columns<T>): void {
  const [ours = []] = results.values();
  for (const [name, list] of results) {
    const cells = Object.entries(columns).flatMap(([column, { of, as }]) => {
      const value = medianOf(list, of);
      if (Number.isNaN(value)) return [];
      const ratio = list === ours ? '' : ` (ours ${(medianOf(ours, of) / value).toFixed(2)})`;
      return [`${column} ${as(value)}${ratio}`.padEnd(30)];
    });
    console.log(`  ${name.padEnd(27)} ${cells.join('  ')}`.trimEnd());
  }
}
