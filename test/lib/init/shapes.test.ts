import { expect } from 'chai';
import { planStart, readProject } from '../../../lib/init/index.js';
import { makeProject, removeProjects } from '../project/projects.js';
import { startOf } from './starts.js';

const BASE = 'docker/base/Dockerfile';
const APP = 'docker/app/Dockerfile';
const DEV = 'docker/dev/Dockerfile';

const POETRY = {
  'pyproject.toml': `[tool.poetry]
name = "shop"
version = "1.0"
[tool.poetry.dependencies]
python = "^3.10"
flask = "^3.0"
[tool.poetry.group.dev.dependencies]
pytest = "^8.0"
[tool.poetry.scripts]
shop = "shop:main"
[build-system]
requires = ["poetry-core>=1.0"]
build-backend = "poetry.core.masonry.api"
`,
  'shop/__init__.py': '',
};
const UV = {
  'pyproject.toml': `[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["flask"]
[dependency-groups]
dev = ["pytest"]
test = ["coverage"]
`,
  'uv.lock': 'version = 1\n',
  'main.py': '',
};
const HATCH = {
  'pyproject.toml': `[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "shop"
dynamic = ["version"]
dependencies = ["flask"]
scripts = { shop = "shop:main" }
[project.optional-dependencies]
test = ["pytest"]
[tool.hatch.envs.default]
dependencies = ["coverage"]
`,
  'src/shop/__init__.py': '__version__ = "1.0"\n',
};

describe('the start of a project of a tool', () => {
  after(removeProjects);

  it('Poetry: its words are read by poetry-core, which builds the project, and the dev image has the group', async () => {
    const made = await startOf(POETRY);
    expect(made[BASE]).to.match(
      /build-system\.requires\.\nCOPY pyproject\.toml[^]*tool\.poetry\.dependencies\.\n[^]*dependency_group\('main'\)/,
    );
    expect(made[APP])
      .to.include('RUN pip install --no-deps --no-build-isolation .\n')
      .and.include('CMD ["shop"]');
    expect(made[DEV]).to.include("dependency_group('dev')").and.include('CMD ["pytest"]');
    expect(made['docker/run.cfg']).to.include('[dev]\nvolumes=-v {project_root}:/app\n');
  });

  it('Poetry with a lock: what is locked, by a stage that has Poetry', async () => {
    const made = await startOf({ ...POETRY, 'poetry.lock': '' });
    expect(made[BASE])
      .to.match(
        /FROM \$\{PYTHON_IMAGE\} AS locked\n[^]*COPY pyproject\.toml poetry\.lock \.\/\nRUN poetry export --only main/,
      )
      .and.include('RUN pip install --no-deps -r /tmp/requirements.txt')
      .and.not.include('dependency_group');
    expect(made[BASE]).to.include("p.get('build-system', {}).get('requires'");
    expect(made[DEV]).to.match(
      /ARG BASE_IMAGE=.*\nARG PYTHON_IMAGE=.*\n[^]*poetry export --only dev [^]*FROM \$\{BASE_IMAGE\}/,
    );
  });

  it('Poetry without a package: nothing is installed of the project itself', async () => {
    const made = await startOf({
      ...POETRY,
      'pyproject.toml': POETRY['pyproject.toml'].replace('version = "1.0"', 'package-mode = false'),
    });
    expect(made[APP]).not.to.include('pip install');
  });

  it('uv: what is locked, and a project that is no package stays one', async () => {
    const made = await startOf(UV);
    expect(made[BASE]).to.include(
      'RUN uv export --quiet --frozen --no-default-groups --no-emit-project --output-file',
    );
    expect(made[BASE]).to.include('python:3.14-slim');
    expect(made[APP]).not.to.include('pip install');
    expect(made[APP]).to.include('CMD ["python","main.py"]');
    expect(made[DEV]).to.include('--only-group dev --only-group test');
    const packaged = await startOf({
      ...UV,
      'pyproject.toml': `${UV['pyproject.toml']}[tool.uv]\npackage = true\n`,
    });
    expect(packaged[APP]).to.include('pip install --no-deps');
  });

  it('hatch: lists of pyproject.toml, and what makes it editable', async () => {
    const made = await startOf(HATCH);
    expect(made[BASE]).to.include("*p.get('build-system', {}).get('requires', ['setuptools', 'wheel'])");
    expect(made[BASE]).to.include("*p.get('project', {}).get('dependencies', [])");
    expect(made[DEV]).to.include("*p.get('project', {}).get('optional-dependencies', {}).get('test', [])");
    expect(made[DEV]).to.include("get('default', {}).get('dependencies', [])");
    expect(made[DEV])
      .to.include('RUN pip install editables\n')
      .and.include('--no-build-isolation --editable .');
  });

  it('Django: files of requirements/ and those that they take up; the server, and its port', async () => {
    const made = await startOf({
      'manage.py': '',
      'requirements/base.txt': 'django\n',
      'requirements/production.txt': '-r base.txt\n-c ../constraints.txt\ngunicorn\n',
      'requirements/dev.txt': '-r base.txt\npytest-django\n',
      'constraints.txt': '',
    });
    expect(made[BASE]).to.include(
      'COPY requirements/production.txt requirements/base.txt /tmp/requirements/\nCOPY constraints.txt /tmp/\nRUN pip install -r /tmp/requirements/production.txt\n',
    );
    expect(made[DEV]).to.include('RUN pip install -r /tmp/requirements/dev.txt\n').and.include('["sh"]');
    expect(made[APP]).to.include('CMD ["python","manage.py","runserver","0.0.0.0:8000"]');
    expect(made['docker/run.cfg']).to.include('[app]\nports=-p 8000:8000\n');
  });

  it('setuptools: install_requires of setup.cfg, and of a setup.py that Python can read without running it', async () => {
    const cfg = await startOf({
      'setup.cfg': '[metadata]\nname = x\n[options]\ninstall_requires =\n  flask\n',
    });
    expect(cfg[BASE]).to.include("c.get('options', 'install_requires')");
    expect(cfg[APP]).to.include('--no-deps');
    const script = await startOf({
      'setup.py': 'setup(install_requires=[\n  "flask",  # web\n  \'six\',\n])\n',
    });
    expect(script[BASE]).to.include("k.arg == 'install_requires'");
    expect(script[APP]).to.include('--no-deps');
    const computed = await startOf({ 'setup.py': 'setup(install_requires=read("x"))\n' });
    expect(computed[APP]).to.include('RUN pip install --no-build-isolation .');
  });

  it('setuptools: the file that dynamic dependencies are read from', async () => {
    const made = await startOf({
      'pyproject.toml':
        '[project]\nname="x"\ndynamic=["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = { file = ["needs.txt"] }\n',
      'needs.txt': 'flask\n',
    });
    expect(made[BASE]).to.include('RUN pip install -r /tmp/needs.txt');
    expect(made[APP]).to.include('--no-deps');
  });

  it('includes groups that groups include', async () => {
    const made = await startOf({
      'pyproject.toml':
        '[project]\nname="x"\n[dependency-groups]\ndev = [{ include-group = "lint" }, "a"]\nlint = ["b"]\ndocs = ["c"]\n',
    });
    expect(made[DEV]).to.include("get('dev', [])").and.include("get('lint', [])").and.not.include('docs');
  });

  const managers: [string, Record<string, string>, RegExp][] = [
    [
      'npm',
      { 'package-lock.json': '{}' },
      /COPY package\.json package-lock\.json \.\/\nRUN npm ci --omit=dev\n/,
    ],
    ['npm without a lock', {}, /COPY package\.json \.\/\nRUN npm install --omit=dev\n/],
    [
      'pnpm',
      { 'pnpm-lock.yaml': '' },
      /RUN npm install --global pnpm\n[^]*RUN pnpm install --frozen-lockfile --prod\n/,
    ],
    ['yarn 1', { 'yarn.lock': '# yarn lockfile v1\n' }, /RUN yarn install --frozen-lockfile --production\n/],
    [
      'yarn 4',
      { 'yarn.lock': '__metadata:\n', '.yarnrc.yml': '' },
      /corepack enable\n[^]*yarn\.lock \.yarnrc\.yml \.\/\nRUN yarn install --immutable\n/,
    ],
    ['bun', { 'bun.lock': '' }, /RUN bun install --frozen-lockfile --production\n/],
  ];
  for (const [name, files, expected] of managers) {
    it(`${name}: a Node service's packages as its lock file has them`, async () => {
      const made = await startOf({ 'package.json': '{"scripts":{"start":"node ."}}', ...files });
      expect(made[BASE]).to.match(expected);
      expect(made[APP]).to.include(`CMD ["${name.split(' ')[0]}",${name === 'bun' ? '"run",' : ''}"start"]`);
    });
  }

  it('takes the version of packageManager, and builds with what the development needs', async () => {
    const made = await startOf({
      'package.json':
        '{"packageManager":"pnpm@9.15.0+sha512.ab","scripts":{"build":"tsc","start":"node dist"}}',
      'pnpm-lock.yaml': '',
    });
    expect(made[BASE])
      .to.include('npm install --global pnpm@9.15.0\n')
      .and.include('RUN pnpm install --frozen-lockfile\n');
    expect(made[APP]).to.include('RUN pnpm run build\n');
  });

  it('says what of other tools was there, and is left alone', async () => {
    const root = makeProject({
      Dockerfile: '',
      'docker-compose.yml': '',
      '.devcontainer/devcontainer.json': '',
      Makefile: '',
    });
    const { notes } = planStart(await readProject(root));
    expect(notes.map((note) => note.split(' ')[0])).to.deep.equal([
      'Dockerfile',
      'docker-compose.yml',
      '.devcontainer/devcontainer.json',
      'Makefile',
    ]);
  });
});
