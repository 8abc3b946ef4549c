/**
 * Records the session that README.md shows, on an engine and a host of the test bed:
 *
 *     npm run build && npx tsx docs/record-session.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bed } from '../test/bed/index.js';
import { onStage, type Stage } from './recording/stage.js';

const README = fileURLToPath(new URL('../README.md', import.meta.url));
const PLACE = /(<!-- written by docs\/record-session\.ts -->\n)[^]*?(?=<!-- the end of it -->)/;
const WIDTH = 104;

interface Step {
  command: string;
  /** Lines that are kept although they look like details. */
  keep?: RegExp;
}

const STEPS: readonly Step[] = [
  { command: 'npx gulp build' },
  { command: 'npx gulp run:app' },
  { command: 'npx gulp transfer:app --host server' },
  { command: "sed -i 's/Hello/Good morning/' src/greeter/__init__.py" },
  { command: 'npx gulp build:app transfer:app --host server --series', keep: /^ {2}\d+\. / },
  { command: 'npx gulp images --host server', keep: /^ {10}/ },
];

/** What a step of a build, a layer on its way or gulp itself says. */
const DETAIL = /^(?: {2}| *$|npm |\[\d\d:\d\d:\d\d\] |[\w ./:@-]+ │ )/;

function record(): Promise<string> {
  return onStage(async (stage) => {
    const parts: string[] = [];
    for (const step of STEPS) parts.push(`$ ${step.command}\n${await carryOut(step, stage)}`);
    await carryOut({ command: 'npx gulp clean' }, stage);
    return parts.join('');
  });
}

/** In a terminal that is wide enough for every line. */
async function carryOut({ command, keep }: Step, { folder, env, shown }: Stage): Promise<string> {
  const terminal = await bed.pty(['sh', '-c', command], { columns: 500, cwd: folder, env });
  try {
    const { status } = await terminal.exit(120_000);
    const said = await terminal.everything();
    if (status !== 0) throw new Error(`${command} ended with status ${status}:\n${said}`);
    return shown(said)
      .split('\n')
      .filter((line) => !DETAIL.test(line) || keep?.test(line))
      .map((line) => `${line.length > WIDTH ? `${line.slice(0, WIDTH - 2)} …` : line}\n`)
      .join('');
  } finally {
    await terminal.close();
  }
}

async function main(): Promise<void> {
  const session = await record();
  const readme = readFileSync(README, 'utf8');
  if (!PLACE.test(readme)) throw new Error('README.md has no place for a session.');
  writeFileSync(
    README,
    readme.replace(PLACE, (_, start: string) => `${start}\n\`\`\`console\n${session}\`\`\`\n\n`),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
