interface Session {
  synced: () => Promise<void>;
}

/** A process may have loaded this package twice: by `require` and by `import`. */
const KEY = Symbol.for('gulp-dockerutils.live-sessions');

function sessions(): Set<Session> {
  const found: unknown = Reflect.get(globalThis, KEY);
  if (isSessions(found)) return found;
  const made = new Set<Session>();
  Reflect.set(globalThis, KEY, made);
  return made;
}

function isSessions(value: unknown): value is Set<Session> {
  return value instanceof Set;
}

/** @returns what forgets it again */
export function addSession(session: Session): () => void {
  sessions().add(session);
  return () => void sessions().delete(session);
}

/**
 * Resolves when what was changed in the project before is in all containers that `live` keeps current in this process; at
 * once where there is none, or the project is mounted. Rejects where a container cannot be kept current any more.
 */
export async function synced(): Promise<void> {
  await Promise.all([...sessions()].map((session) => session.synced()));
}
