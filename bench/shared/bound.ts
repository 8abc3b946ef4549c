import type { Consumption } from './consumption.js';
import { medianOf, type Results } from './rounds.js';

/**
 * Prints how ours stands beside the peer's; where the ratio is above its limit, the program ends with status 1.
 *
 * @param name what was measured, with its unit
 */
export function bound(name: string, ours: number, theirs: number, limit: number, digits = 1): void {
  const ratio = ours / theirs;
  const values = `${ours.toFixed(digits)} / ${theirs.toFixed(digits)} = ${ratio.toFixed(2)}`;
  console.log(`${name}: ${values} (at most ${limit})`);
  if (!(ratio <= limit)) process.exitCode = 1;
}

/** The same of the time that whole programs took, which `ours` and the peer are: the medians, in seconds. */
export function boundElapsed(
  name: string,
  results: Results<Consumption>,
  { peer, limit }: { peer: string; limit: number },
): void {
  const [ours = NaN, theirs = NaN] = ['ours', peer].map((way) =>
    medianOf(results.get(way) ?? [], ({ elapsed }) => elapsed / 1000),
  );
  bound(`${name}, s beside ${peer}`, ours, theirs, limit, 2);
}
