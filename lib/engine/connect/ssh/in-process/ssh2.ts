import type ssh2 from 'ssh2';

/** Loaded only where it is needed: it is large, and most machines have an ssh program. */
export async function loadSsh2(): Promise<typeof ssh2> {
  return (await import('ssh2')).default;
}
