import fs from 'node:fs';
import path from 'node:path';

/** Makes files, and empty folders for names that end with `/`, in a folder. */
export function plant(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const at = path.join(folder, name);
    fs.mkdirSync(name.endsWith('/') ? at : path.dirname(at), { recursive: true });
    if (!name.endsWith('/')) fs.writeFileSync(at, name);
  }
}
