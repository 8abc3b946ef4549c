/** Whether a value is an object that is no list; nothing is known of its values. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a list of nothing but what a guard lets through. */
export function isListOf<T>(value: unknown, guard: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(guard);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}
