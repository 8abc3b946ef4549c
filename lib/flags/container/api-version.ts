/** Whether an API version (`1.41`) is `least` or later. */
export function isAtLeast(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** The docker CLI's own sentence about a flag that came with a later API than the engine's. */
export function requiresApi(what: string, since: string, version: string): string {
  return `"${what}" requires API version ${since}, but the Docker daemon API version is ${version}`;
}
