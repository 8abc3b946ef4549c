/** What was thrown, as an error: JavaScript throws anything, and a signal's reason is anything. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The message of what was thrown. */
export function messageOf(thrown: unknown): string {
  return errorOf(thrown).message;
}

/** The name that the system or Node has for what was thrown (`ENOENT`); undefined where it has none. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
}
