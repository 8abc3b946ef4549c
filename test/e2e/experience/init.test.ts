import { expect } from 'chai';
import { freePort } from '../../bed/free-port.js';
import { bed, type BedEngine } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { type PackageIndex, serveFiles, servePackages } from '../examples/package-index.js';
import { pypiWheels } from '../examples/pypi-wheels.js';
import { wheel } from '../examples/wheel.js';
import { makeNodeImage, npmPackage } from './node-image.js';
import { poetryProject, type Started, startedProject, withoutNetwork } from './started.js';

const CONSOLE_SCRIPT = {
  'pyproject.toml':
    '[build-system]\nrequires = ["setuptools>=61"]\nbuild-backend = "setuptools.build_meta"\n' +
    '[project]\nname = "tool"\nversion = "1.5"\nscripts = { tool = "tool:main" }\n' +
    '[tool.setuptools.packages.find]\nwhere = ["src"]\n',
  'src/tool/__init__.py': 'def main():\n    print("it is made")\n',
};
const SETUP_PY = {
  'package.json': '{ "private": true }',
  'setup.py':
    'from setuptools import setup\nsetup(name="tool", version="1", py_modules=["tool"], ' +
    'entry_points={"console_scripts": ["tool=tool:main"]})\n',
  'tool.py': 'def main():\n    print("it is made")\n',
  'main.py': 'import tool\ntool.main()\n',
};
const SCRIPT = {
  'package.json': '{ "private": true, "type": "module" }',
  'requirements.txt': '',
  'app.py': 'print("it is made")\n',
};
const TESTED = {
  'src/tool/__init__.py': 'import colours\n\n\ndef main():\n    print("it is made", colours.VERSION)\n',
};
const HATCH = {
  ...TESTED,
  'pyproject.toml': `[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "tool"
dynamic = ["version"]
dependencies = ["colours<2"]
scripts = { tool = "tool:main" }
[project.optional-dependencies]
test = ["checks"]
[tool.hatch.version]
path = "src/tool/about.py"
`,
  'src/tool/about.py': '__version__ = "1.5"\n',
};
const POETRY = {
  ...TESTED,
  'pyproject.toml': poetryProject('~3.11'),
};
const COMPOSE = {
  'compose.yaml': `services:
  web:
    build: ./web
    environment:
      WORD: \${WORD:-made}
    command: [python, -c, "import os, socket; socket.gethostbyname('store'); print('it is', os.environ['WORD'], open('/web/a.txt').read())"]
    depends_on:
      store: { condition: service_healthy }
    restart: always
  store:
    image: busybox:latest
    command: sh -c "touch /ready; exec sleep 1000"
    healthcheck: { test: [CMD, test, -f, /ready], interval: 1s }
    stop_grace_period: 1s
`,
  'web/Dockerfile': 'FROM python:3.11-slim\nWORKDIR /web\nCOPY a.txt ./\n',
  'web/a.txt': 'of compose',
};

/** As Django's own tutorial and Docker's have it: a page that asks the database's port, and the tables of its own models. */
const django = (index: PackageIndex, port: number): Record<string, string> => ({
  'compose.yaml': `services:
  web:
    build:
      context: .
      args:
        PIP_INDEX_URL: ${index.env.PIP_INDEX_URL}
        PIP_TRUSTED_HOST: ${index.env.PIP_TRUSTED_HOST}
    command: sh -c "python manage.py migrate --noinput && exec python manage.py runserver 0.0.0.0:8000"
    ports: ["${port}:8000"]
    environment:
      DB_HOST: db
    depends_on:
      db: { condition: service_healthy }
  db:
    image: postgres:15
    environment:
      POSTGRES_PASSWORD: secret
    healthcheck: { test: [CMD-SHELL, pg_isready -U postgres], interval: 1s }
`,
  Dockerfile:
    'FROM python:3.11-slim\nARG PIP_INDEX_URL PIP_TRUSTED_HOST\nWORKDIR /code\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n',
  'requirements.txt': 'django>=5\n',
  'manage.py':
    'import os, sys\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n' +
    'from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n',
  'shop/__init__.py': '',
  'shop/settings.py':
    'SECRET_KEY = "x"\nDEBUG = True\nALLOWED_HOSTS = ["*"]\nROOT_URLCONF = "shop.urls"\n' +
    'INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]\n' +
    'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/tmp/db.sqlite3"}}\n',
  'shop/urls.py':
    'import os, socket\nfrom django.contrib.auth.models import User\nfrom django.http import HttpResponse\nfrom django.urls import path\n\n' +
    'def page(request):\n    socket.create_connection((os.environ["DB_HOST"], 5432)).close()\n' +
    '    return HttpResponse(f"it is made, for {User.objects.count()} users")\n\n' +
    'urlpatterns = [path("", page)]\n',
});

describe('npx gulp-dockerutils init', () => {
  let engine: BedEngine;
  before(async function () {
    this.timeout(900_000);
    engine = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    await bed.baseImages(engine.docker, ['python:3.11-slim', 'busybox:latest']);
  });

  const started = (
    files: Record<string, string>,
    words: string[],
    use: (project: Started) => Promise<void>,
  ) => startedProject(engine, files, words, use);

  function makesOf(kind: string, files: Record<string, string>) {
    it(`makes of ${kind} a project that builds and runs`, () =>
      started(files, [], async ({ said, gulp: run }) => {
        expect(said).to.match(/wrote docker\/base\/Dockerfile\n[^]*wrote gulpfile\.m?js\n[^]*npm install/);
        const made = await run();
        expect(made.status, made.stderr).to.equal(0);
        expect(made.stdout).to.equal('it is made\n');
      }));
  }

  makesOf('a package with a console script', CONSOLE_SCRIPT);

  it('makes of a compose file a project that builds and runs, with its service beside it', () =>
    started(COMPOSE, ['--from', 'compose.yaml'], async ({ said, gulp: run }) => {
      expect(said).to.match(/\ncompose\.yaml:9: services\.web\.restart is always/);
      const made = await run();
      expect(made.status, made.stderr).to.equal(0);
      expect(made.stdout).to.equal('it is made of compose\n');
    }));

  heavy(() => {
    makesOf('a package with setup.py, as CommonJS', SETUP_PY);
    makesOf('a script with an empty requirements.txt', SCRIPT);

    it('makes of a Node service with a lock file a project that builds and runs, its packages in base', async () => {
      await makeNodeImage(engine, 'node:20-slim');
      const { bytes, integrity } = await npmPackage('greet', 'module.exports = "it is made";\n');
      const registry = await serveFiles(engine, (path) => (path === '/greet.tgz' ? { bytes } : undefined));
      const dependencies = { greet: '^1.0.0' };
      const locked = { version: '1.0.0', resolved: `${registry.url}/greet.tgz`, integrity };
      const files = {
        '.nvmrc': '20\n',
        'package.json': JSON.stringify({
          name: 'shop',
          version: '1.0.0',
          scripts: { start: 'node server.js' },
          dependencies,
        }),
        'package-lock.json': JSON.stringify({
          ...{ name: 'shop', version: '1.0.0', lockfileVersion: 3, requires: true },
          packages: { '': { name: 'shop', version: '1.0.0', dependencies }, 'node_modules/greet': locked },
        }),
        'server.js': 'console.log(require("greet"));\n',
      };
      try {
        await started(files, [], async ({ gulp: run }) => {
          const made = await run();
          expect(made.status, made.stderr).to.equal(0);
          expect(made.stdout).to.match(/^it is made$/m);
        });
      } finally {
        await registry.close();
      }
    });

    describe('of a project that needs packages', () => {
      let index: PackageIndex;
      before(async function () {
        this.timeout(600_000);
        const colours = ['1.2.0', '1.9.0', '2.0.0'].map((version) =>
          wheel({ name: 'colours', version, files: { 'colours.py': `VERSION = "${version}"\n` } }),
        );
        const checks = wheel({ name: 'checks', version: '1', files: { 'checks.py': '' } });
        const builders = await bed.orSkip(this, () =>
          pypiWheels(['django', 'hatchling', 'editables', 'poetry-core']),
        );
        index = await servePackages(engine, [...colours, checks, ...builders]);
      });
      after(() => index?.close());

      for (const [tool, files] of Object.entries({ Hatch: HATCH, Poetry: POETRY })) {
        it(`has them all in base, as ${tool} names them: app needs no network`, () =>
          started(files, [], async ({ folder, gulp: run }) => {
            await withoutNetwork(folder, index);
            const made = await run();
            expect(made.status, made.stderr).to.equal(0);
            expect(made.stdout).to.equal('it is made 1.9.0\n');
            const dev = await run(
              'run:dev',
              '--command',
              'python -c "import checks, tool; print(tool.__file__)"',
            );
            expect(dev.stdout, dev.stderr).to.equal('/app/src/tool/__init__.py\n');
          }));
      }

      it('makes of a Django project with a compose file one that serves its page, with its database beside it', async () => {
        const port = await freePort();
        await bed.baseImages(engine.docker, ['postgres:15']);
        await started(django(index, port), ['--from', 'compose.yaml'], async ({ gulp: run }) => {
          const up = await run('build:web', 'start:web', '--series');
          try {
            expect(up.status, up.stderr).to.equal(0);
            let page = '';
            await until('the page', async () => {
              page = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) }).then(
                (answer) => answer.text(),
                () => '',
              );
              return page !== '';
            });
            expect(page).to.equal('it is made, for 0 users');
          } finally {
            await run('stop:web', 'stop:db');
          }
        });
      });
    });
  });
});
