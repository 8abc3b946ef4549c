import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { BedHost } from '../../bed/index.js';
import { packInto } from '../packed.js';
import type { OpenExample } from './example.js';

/**
 * Carries out the commands of an example's README in a shell, one after the other, as they stand there, with the
 * tarball of this package.
 *
 * @param leftOut which of the commands the test bed has carried out before
 * @param names what stands for names that a reader has to replace
 * @returns what all of them said on standard output
 */
export async function doAsReadmeSays(
  { folder, env }: OpenExample,
  { leftOut, names = {} }: { leftOut?: RegExp; names?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const own = (await commandsOf(folder)).filter((line) => !leftOut?.test(line));
  const script = Object.entries(names).reduce(
    (text, [name, value]) => text.replaceAll(name, value),
    own.join('\n'),
  );
  await rm(join(folder, 'node_modules'), { recursive: true });
  await nameTarball(folder, await packInto(dirname(folder)));
  const { stdout } = await promisify(execFile)('sh', ['-euc', `${TOOLS}\n{\n${script}\n} </dev/null`], {
    cwd: folder,
    env: { ...npmOfThisUser, ...env },
    maxBuffer: 1 << 24,
  });
  return stdout;
}

/** Names a tarball in package.json, where an example names this package as npm's registry has it. */
export async function nameTarball(folder: string, tarball: string): Promise<void> {
  const file = join(folder, 'package.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"gulp-dockerutils": "*"', `"gulp-dockerutils": "file:${tarball}"`));
}

/** In another home, too. */
const npmOfThisUser = {
  npm_config_cache: join(homedir(), '.npm'),
  npm_config_userconfig: join(homedir(), '.npmrc'),
};

/** The commands of an example's README as they stand there, in order, without their comments. */
export async function commandsOf(folder: string): Promise<string[]> {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  return [...readme.matchAll(/^ {4}(.+?)(?: +# .*)?$/gm)].map(([, command = '']) => command);
}

/** An editor that adds an empty line, and what not every machine has. */
const TOOLS = `EDITOR=add_line
add_line() { echo >>"$1"; }
curl() { node -e 'fetch(process.argv[1]).then((answer) => answer.text()).then((text) => process.stdout.write(text))' "$1"; }`;

/** Has a host let in the user `ada` that the READMEs name, who may use its engine. */
export async function letAdaIn(host: BedHost): Promise<void> {
  const from = `/home/${host.users.sudo}/.ssh`;
  const lines = [
    'useradd --create-home --shell /bin/sh --groups docker ada',
    "usermod -p '*' ada",
    `cp -r ${from} /home/ada/.ssh`,
    'chown -R ada: /home/ada/.ssh',
  ];
  await host.run(['sh', '-ec', lines.join('\n')]);
}
