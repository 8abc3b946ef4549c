/**
 * Whether a version is `least` or later.
 *
 * @param version numbers with dots between them, as an engine tells its own and its API's: `1.41`, `26.1.5+dfsg1`. A
 *   number that is missing counts as 0, and what is no digit ends it.
 */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [numbers(version), numbers(least)];
  const differs = want.findIndex((number, place) => number !== (have[place] ?? 0));
  return differs < 0 || (have[differs] ?? 0) > (want[differs] ?? 0);
}

function numbers(version: string): number[] {
  return version.split('.').map((text) => Number.parseInt(text, 10) || 0);
}
