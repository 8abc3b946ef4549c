import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { heavy } from '../../circle.js';

const execute = promisify(execFile);
const repository = fileURLToPath(new URL('../../..', import.meta.url));
const examples = join(repository, 'examples');
const names = readdirSync(examples).filter((name) => existsSync(join(examples, name, 'README.md')));

/** Of these even a dry run asks other machines: their own tests do what their READMEs say, on such machines. */
const OF_MACHINES = ['locked-down', 'swarm'];

/** Tasks that go on until they are ended, and those whose dry run, too, asks another machine. */
const NOT_DRY = /^npx gulp (?:watch|develop)\b| --host /;

/** The commands of a README that start this package, each as it stands there, without its comment. */
function commandsOf(name: string): string[] {
  const lines = readFileSync(join(examples, name, 'README.md'), 'utf8').split('\n');
  return lines
    .filter((line) => /^ {4}(?:[A-Z_]+=\S+ )?npx /.test(line))
    .map((line) => (line.split(' #', 1)[0] ?? '').trim());
}

/** What it would do, which needs no engine, no registry and no other machine: what it does is its own test's. */
function dry(command: string): string {
  return /--tasks|--dry-run/.test(command) ? command : `${command} --dry-run`;
}

heavy(() => {
  describe('the commands of the README of each example, in a copy elsewhere, with the tarball', () => {
    let parent: string;
    before(async function () {
      this.timeout(600_000);
      parent = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-readmes-'));
      const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', parent];
      const { stdout } = await execute('npm', pack, { cwd: repository });
      const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
      const needed = names.map(
        (name) => JSON.parse(readFileSync(join(examples, name, 'package.json'), 'utf8')) as Manifest,
      );
      const all = Object.assign({}, ...needed.map(({ devDependencies }) => devDependencies)) as Record<
        string,
        string
      >;
      const devDependencies = { ...all, 'gulp-dockerutils': `file:${join(parent, filename)}` };
      await writeFile(join(parent, 'package.json'), JSON.stringify({ private: true, devDependencies }));
      await execute('npm', ['install', '--no-audit', '--no-fund'], { cwd: parent });
    });
    after(() => rm(parent, { recursive: true, force: true }));

    for (const name of names.filter((one) => !OF_MACHINES.includes(one))) {
      it(name, async function () {
        this.timeout(300_000);
        const folder = join(parent, name);
        await cp(join(examples, name), folder, {
          recursive: true,
          filter: (path) => !path.endsWith('/node_modules'),
        });
        await symlink(join(parent, 'node_modules'), join(folder, 'node_modules'));
        await execute('git', ['init', '--quiet'], { cwd: folder });
        const commands = commandsOf(name).filter((command) => !NOT_DRY.test(command));
        expect(commands).not.to.have.length(0);
        for (const command of commands) {
          const ended = await execute('sh', ['-c', dry(command)], { cwd: folder }).catch(
            (error: unknown) => error,
          );
          expect(ended, command).not.to.be.instanceOf(Error);
        }
      });
    }
  });
});

interface Manifest {
  devDependencies?: Record<string, string>;
}
