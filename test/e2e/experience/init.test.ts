import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { gulp } from '../tasks/gulp.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(repository, 'dist/bin/gulp-dockerutils.js');

const PROJECTS: Record<string, Record<string, string>> = {
  'a package with a console script': {
    'pyproject.toml':
      '[build-system]\nrequires = ["setuptools>=61"]\nbuild-backend = "setuptools.build_meta"\n' +
      '[project]\nname = "tool"\nversion = "1.5"\nscripts = { tool = "tool:main" }\n' +
      '[tool.setuptools.packages.find]\nwhere = ["src"]\n',
    'src/tool/__init__.py': 'def main():\n    print("it is made")\n',
  },
  'a package with setup.py, as CommonJS': {
    'package.json': '{ "private": true }',
    'setup.py':
      'from setuptools import setup\nsetup(name="tool", version="1", py_modules=["tool"], ' +
      'entry_points={"console_scripts": ["tool=tool:main"]})\n',
    'tool.py': 'def main():\n    print("it is made")\n',
    'main.py': 'import tool\ntool.main()\n',
  },
  'a script with an empty requirements.txt': {
    'package.json': '{ "private": true, "type": "module" }',
    'requirements.txt': '',
    'app.py': 'print("it is made")\n',
  },
};

describe('npx gulp-dockerutils init', () => {
  let engine: BedEngine;
  before(async function () {
    this.timeout(900_000);
    engine = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    await bed.baseImages(engine.docker, ['python:3.11-slim']);
  });

  for (const [kind, files] of Object.entries(PROJECTS)) {
    it(`makes of ${kind} a project that builds and runs`, async () => {
      const parent = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-init-'));
      const folder = join(parent, 'My Tool');
      try {
        for (const [path, content] of Object.entries({ '.python-version': '3.11\n', ...files })) {
          await mkdir(dirname(join(folder, path)), { recursive: true });
          await writeFile(join(folder, path), content);
        }
        const { stdout } = await promisify(execFile)(process.execPath, [program, 'init'], { cwd: folder });
        expect(stdout).to.match(/wrote docker\/base\/Dockerfile\n[^]*wrote gulpfile\.m?js\n[^]*npm install/);
        await mkdir(join(folder, 'node_modules'));
        await symlink(repository, join(folder, 'node_modules/gulp-dockerutils'));
        await symlink(join(repository, 'node_modules/gulp'), join(folder, 'node_modules/gulp'));
        const made = await gulp(folder, ['--silent'], { env: engine.env });
        expect(made.status, made.stderr).to.equal(0);
        expect(made.stdout).to.equal('it is made\n');
      } finally {
        await gulp(folder, ['clean'], { env: engine.env });
        await rm(parent, { recursive: true, force: true });
      }
    });
  }
});
