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
