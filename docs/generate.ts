/**
 * Writes the pages of this folder that are made from code:
 *
 *     npx tsx docs/generate.ts
 *     npx tsx docs/generate.ts --check     # writes nothing, and fails where one is not what the code makes
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { apiReference } from './generate/api.js';
import { runConfigReference } from './generate/run-cfg.js';

/** The pages, where they stand and as they should read. */
const PAGES = [page('run-cfg.md', runConfigReference), page('api.md', apiReference)];

function page(name: string, text: () => string | Promise<string>) {
  return { name, file: fileURLToPath(new URL(name, import.meta.url)), text };
}

const check = process.argv.includes('--check');
for (const { file, text } of PAGES) {
  const written = await text();
  if (written === readFileSync(file, { encoding: 'utf8', flag: check ? 'r' : 'a+' })) continue;
  if (check) {
    console.error(`${file} is not what the code makes: npx tsx docs/generate.ts writes it.`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, written);
    console.log(`wrote ${file}`);
  }
}
