import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../../../lib/text/user-error.js';

const made: string[] = [];

/** Makes a project folder with these files; `removeProjects` takes all of them away again. */
export function makeProject(files: Record<string, string | Buffer>, folderName = 'My Project'): string {
  const parent = mkdtempSync(join(tmpdir(), 'project-'));
  made.push(parent);
  const root = join(parent, folderName);
  mkdirSync(root, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

/** A project with images `base` and `dev` and this run.cfg. */
export function projectWith(runConfig: string): string {
  return makeProject({
    'docker/base/Dockerfile': 'FROM scratch\n',
    'docker/dev/Dockerfile': 'FROM scratch\n',
    'docker/run.cfg': runConfig,
  });
}

export function removeProjects(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
}

/** The UserError that an action ends by. */
export function userErrorOf(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
