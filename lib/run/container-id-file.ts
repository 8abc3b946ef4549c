import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';

/** The file of `--cidfile`: there must be none before, and there is none after a container that was not created. */
export class ContainerIdFile {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws {UserError} `CIDFILE` where it exists already or cannot be written */
  static reserve(path: string): ContainerIdFile {
    if (existsSync(path)) {
      throw new UserError(
        'CIDFILE',
        `The container ID file ${path} exists already; make sure that the other container is not running, ` +
          'and delete the file.',
        { exitStatus: 125 },
      );
    }
    const file = new ContainerIdFile(path);
    file.write('');
    return file;
  }

  write(id: string): void {
    try {
      writeFileSync(this.#path, id);
    } catch (error) {
      throw new UserError(
        'CIDFILE',
        `The container ID file ${this.#path} cannot be written (${codeOf(error)}).`,
        {
          cause: error,
          exitStatus: 125,
        },
      );
    }
  }

  discard(): void {
    rmSync(this.#path, { force: true });
  }
}
