import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BedHost } from '../../bed/index.js';
import type { OpenExample } from './example.js';

/**
 * Carries out the commands of an example's README in a shell, one after the other, as they stand there; its package is
 * installed already.
 *
 * @param leftOut which of the commands the test bed has carried out before
 * @param names what stands for names that a reader has to replace
 * @returns what all of them said on standard output
 */
export async function doAsReadmeSays(
  { folder, env }: OpenExample,
  leftOut = /^npm install$/,
  names: Readonly<Record<string, string>> = {},
): Promise<string> {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const commands = [...readme.matchAll(/^ {4}(.+)$/gm)].map(([, line = '']) => line);
  const own = commands.filter((line) => !leftOut.test(line.replace(/ +#.*/, '')));
  const script = Object.entries(names).reduce(
    (text, [name, value]) => text.replaceAll(name, value),
    own.join('\n'),
  );
  const { stdout } = await promisify(execFile)('sh', ['-euc', `${TOOLS}\n{\n${script}\n} </dev/null`], {
    cwd: folder,
    env,
    maxBuffer: 1 << 24,
  });
  return stdout;
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
