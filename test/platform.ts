/** What a test does as if on another platform: `process.platform` says so until it has ended. */
export async function onPlatform<T>(platform: NodeJS.Platform, act: () => T | Promise<T>): Promise<T> {
  const real = process.platform;
  Object.defineProperty(process, 'platform', { value: platform });
  try {
    return await act();
  } finally {
    Object.defineProperty(process, 'platform', { value: real });
  }
}
