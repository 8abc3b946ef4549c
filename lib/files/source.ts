import type { TarFile } from '../oci/tar-files.js';

/** Where files are taken from. */
export interface FileSource {
  /**
   * What there is at an absolute path: a file, or a folder and all below it, by absolute paths. Undefined where there is
   * nothing.
   */
  at: (path: string) => Promise<AsyncGenerator<TarFile> | undefined>;
}
