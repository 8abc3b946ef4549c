/**
 * Writes the pages of this folder that are made from code:
 *
 *     npx tsx docs/generate.ts
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { apiReference } from './generate/api.js';
import { runConfigReference } from './generate/run-cfg.js';

/** The pages, where they stand and as they should read. */
export const PAGES = [page('run-cfg.md', runConfigReference), page('api.md', apiReference)];

function page(name: string, text: () => string | Promise<string>) {
  return { name, file: fileURLToPath(new URL(name, import.meta.url)), text };
}

async function main(): Promise<void> {
  for (const { file, text } of PAGES) {
    const written = await text();
    if (written === readFileSync(file, { encoding: 'utf8', flag: 'a+' })) continue;
    writeFileSync(file, written);
    console.log(`wrote ${file}`);
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await main();
