import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { graphImage, planGraph } from '../../../lib/build/graph/index.js';
import { readRecipe } from '../../../lib/build/recipe.js';
import { planStart, readProject, writeStart } from '../../../lib/init/index.js';
import { describeImage, loadProject } from '../../../lib/project/index.js';
import { UserError } from '../../../lib/text/user-error.js';
import { makeProject, removeProjects } from '../project/projects.js';
import { startOf } from './starts.js';

describe('the start of a project', () => {
  after(removeProjects);

  it('is one that loads: images base and app, app built from base, and a shell', async () => {
    const root = makeProject({ 'requirements.txt': 'flask\n', 'main.py': '' });
    await writeStart(root, planStart(await readProject(root)).files);
    const env = { USER: 'alice', HOME: '/home/alice' };
    const project = loadProject({ root, env });
    expect(project.images).to.deep.equal(['app', 'base']);
    expect(project.warnings).to.deep.equal([]);
    const shell = describeImage(project, 'shell', { remote: false, env });
    expect(shell.reference).to.equal('my-project-app:alice');
    expect(shell.volumes.map(({ text }) => text)).to.deep.equal(['-v', `${root}:/app`]);
    const images = project.images.map((name) => describeImage(project, name, { remote: false, env }));
    const graph = planGraph(images.map((image) => graphImage(readRecipe(project, image, { env }))));
    expect(graph.order).to.deep.equal(['base', 'app']);
  });

  it('installs requirements.txt in base, and starts main.py', async () => {
    const made = await startOf({
      'requirements.txt': 'flask\n',
      'main.py': '',
      '.python-version': '3.12.4\n',
    });
    expect(made['docker/base/Dockerfile']).to.include('ARG PYTHON_IMAGE=python:3.12-slim');
    expect(made['docker/base/Dockerfile']).to.include('pip install -r /tmp/requirements.txt');
    expect(made['docker/app/Dockerfile']).not.to.include('pip install');
    expect(made['docker/app/Dockerfile']).to.include('CMD ["python","main.py"]');
  });

  it('installs a pyproject without its dependencies, which are in base, and starts its script', async () => {
    const made = await startOf({
      'pyproject.toml':
        '[project]\nname="x"\nrequires-python="<3.10"\ndependencies=["flask"]\nscripts={ tool = "x:main" }\n',
      'src/x/__init__.py': '',
    });
    expect(made['docker/base/Dockerfile'])
      .to.match(/python:3\.9-slim/)
      .and.to.include('pip._vendor.tomli');
    expect(made['docker/app/Dockerfile']).to.include('pip install --no-deps').and.to.include('CMD ["tool"]');
  });

  it('installs what only pip can find out with the project', async () => {
    const made = await startOf({
      'setup.py': 'setup()',
      'setup.cfg': '[metadata]\nname = x\n[options.entry_points]\nconsole_scripts =\n    tool = x:main\n',
    });
    expect(made['docker/app/Dockerfile']).to.include('RUN pip install --no-build-isolation .');
    expect(made['docker/app/Dockerfile']).to.include('CMD ["tool"]');
  });

  it('gives the image its version without .git, by versioneer and by setuptools-scm', async () => {
    const versioneer = await startOf({
      'setup.py': '',
      'setup.cfg': '[versioneer]\nVCS = git\nversionfile_source = src/x/_version.py\n',
    });
    expect(versioneer['docker/app/Dockerfile']).to.include('COPY _version.py.bld src/x/_version.py');
    const scm = await startOf({
      'pyproject.toml': '[project]\nname="x"\ndynamic=["version"]\n[tool.setuptools_scm]\n',
    });
    expect(scm['docker/app/Dockerfile']).to.include('SETUPTOOLS_SCM_PRETEND_VERSION=');
  });

  it("installs a Node project's packages in base", async () => {
    const made = await startOf({
      'package.json': '{"main":"server.js"}',
      'package-lock.json': '{}',
      'server.js': '',
    });
    expect(made['docker/base/Dockerfile']).to.include('npm ci --omit=dev');
    expect(made['docker/app/Dockerfile']).to.include('CMD ["node","server.js"]');
  });

  it('makes something of any folder, also of one that has gulp and nothing else', async () => {
    const tools = { 'package.json': '{"devDependencies":{"gulp":"5"}}' };
    for (const files of [{}, tools]) {
      const made = await startOf(files);
      expect(made['docker/base/Dockerfile']).to.match(/^FROM debian/m);
    }
  });

  const kinds: [string, Record<string, string>, string, RegExp][] = [
    ['an ES module', { 'package.json': '{"type":"module"}' }, 'gulpfile.js', /^import gulp/],
    ['CommonJS', { 'package.json': '{}' }, 'gulpfile.js', /^const gulp = require/],
    ['an ES module where there is no package.json', { 'setup.py': '' }, 'gulpfile.mjs', /^import gulp/],
  ];
  for (const [kind, files, path, text] of kinds) {
    it(`writes a gulpfile as ${kind}`, async () => {
      const made = await startOf(files);
      expect(made[path]).to.match(text);
      const root = makeProject({ ...files, [path]: made[path]! });
      execFileSync(process.execPath, ['--check', join(root, path)]);
    });
  }

  it('leaves files alone that are there, and a gulpfile of another name', async () => {
    const root = makeProject({ '.dockerignore': 'mine\n', 'gulpfile.ts': 'mine\n' });
    const { files, next } = planStart(await readProject(root));
    expect(files.map(({ path }) => path)).not.to.include.members(['gulpfile.js']);
    expect([...(await writeStart(root, files))]).to.deep.equal(['.dockerignore']);
    expect(readFileSync(join(root, '.dockerignore'), 'utf8')).to.equal('mine\n');
    expect(next.join('\n')).to.include('gulpfile.ts');
  });

  it('refuses a project that has images', async () => {
    const root = makeProject({ 'docker/dev/Dockerfile': 'FROM scratch\n' });
    let refusal: unknown;
    await readProject(root).catch((error: unknown) => (refusal = error));
    expect(refusal).to.be.instanceOf(UserError).with.property('code', 'ALREADY_STARTED');
  });
});
