import { type FSWatcher, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { codeOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';

/** Tells which names of the watched folders may have changed. */
export interface Watcher {
  /** Watches a folder. */
  add(folder: string): void;
  /** Forgets a folder and all below it. */
  remove(folder: string): void;
  close(): void;
}

export interface WatchTarget {
  /** Absolute path of the uppermost folder. */
  source: string;
  /** Without anything below it. */
  flat: boolean;
  /** @param path relative to the uppermost folder */
  onChange: (path: string) => void;
  /** A folder may be another one than the one that is watched. */
  onReplaced: (folder: string) => void;
  onFailure: (error: unknown) => void;
}

/** On Linux a watch for each folder, which is quick and enters none that is not wanted; elsewhere one for all of them. */
export function openWatcher(target: WatchTarget): Watcher {
  return process.platform === 'linux' || target.flat ? new FolderWatcher(target) : new TreeWatcher(target);
}

class FolderWatcher implements Watcher {
  readonly #target: WatchTarget;
  readonly #watches = new Map<string, FSWatcher>();

  constructor(target: WatchTarget) {
    this.#target = target;
  }

  add(folder: string): void {
    if (this.#watches.has(folder) || (this.#target.flat && folder !== '')) return;
    const { source, onChange, onReplaced } = this.#target;
    const own = basename(join(source, folder));
    try {
      const opened = watch(join(source, folder), (event, name) => {
        // Its own end and its own move come by its own name, as those of something in it of the same name do.
        if (event === 'rename' && name === own) onReplaced(folder);
        onChange(name === null ? folder : folder === '' ? name : `${folder}/${name}`);
      });
      // A folder that has been taken away; its own folder tells that, too.
      opened.on('error', () => onChange(folder));
      this.#watches.set(folder, opened);
    } catch (error) {
      // It has gone in the meantime, of which its own folder tells.
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw explained(error, join(source, folder));
    }
  }

  remove(folder: string): void {
    for (const [path, opened] of this.#watches) {
      if (path !== folder && !path.startsWith(`${folder}/`)) continue;
      opened.close();
      this.#watches.delete(path);
    }
  }

  close(): void {
    for (const opened of this.#watches.values()) opened.close();
    this.#watches.clear();
  }
}

class TreeWatcher implements Watcher {
  readonly #watch: FSWatcher;

  constructor({ source, onChange, onFailure }: WatchTarget) {
    this.#watch = watch(source, { recursive: true }, (_, name) =>
      onChange(name?.replaceAll('\\', '/') ?? ''),
    );
    this.#watch.on('error', (error) => onFailure(explained(error, source)));
  }

  add(): void {}

  remove(): void {}

  close(): void {
    this.#watch.close();
  }
}

/** @see inotify(7) */
function explained(error: unknown, folder: string): unknown {
  const code = codeOf(error);
  if (code === 'ENOSPC')
    return new UserError(
      'WATCH_LIMIT',
      `${folder} cannot be watched: this user has as many watches as the kernel allows. Leave folders out by ` +
        'live_ignore= or .dockerignore, or allow more: sudo sysctl fs.inotify.max_user_watches=1048576',
      { cause: error },
    );
  if (code === 'EMFILE')
    return new UserError(
      'WATCH_LIMIT',
      `${folder} cannot be watched: this user has as many programs that watch, or open files, as are allowed. End some, ` +
        'or allow more: sudo sysctl fs.inotify.max_user_instances=1024',
      { cause: error },
    );
  if (code === 'EACCES')
    return new UserError(
      'WATCH_DENIED',
      `${folder} cannot be watched, since you may not read it: give yourself the right, or leave it out by live_ignore=.`,
      { cause: error },
    );
  return error;
}
