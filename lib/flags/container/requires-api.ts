/** The docker CLI's own sentence about a flag that came with a later API than the engine's. */
export function requiresApi(what: string, since: string, version: string): string {
  return `"${what}" requires API version ${since}, but the Docker daemon API version is ${version}`;
}
