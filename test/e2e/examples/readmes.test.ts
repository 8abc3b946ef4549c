import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { freePort } from '../../bed/free-port.js';
import { bed, type BedEngine, type BedHost, type BedRegistry, type Pty } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { type SshHome, sshHome } from '../engine/ssh-home.js';
import { packInto } from '../packed.js';
import { type OpenExample, openExample } from './example.js';
import { commandsOf, letAdaIn, nameTarball } from './readme-script.js';

/** A command of a README, and what somebody sees who types it. */
interface Step {
  /** What stands in the terminal when it has ended. */
  shows: RegExp;
  /** Its exit status; 0 unless given. */
  status?: number;
  /** What somebody does meanwhile, and then it ends. */
  meanwhile?: (terminal: Pty, example: OpenExample) => Promise<unknown>;
  /** Where it tells a command, which is the next. */
  advice?: RegExp;
}

interface Readme {
  /** The version that its only commit is tagged with. */
  tag?: string;
  /** All its commands, in order. */
  commands: Readonly<Record<string, RegExp | Step>>;
}

const INSTALLED = /^added \d+ packages/m;

/** Where the engine has no GPU. */
const NO_GPU: Step = { shows: /The engine has no NVIDIA GPU to offer; run without --gpu/, status: 125 };

/** Of the examples that have a README; those that want several machines do what it says in tests of their own. */
const readmes: Readonly<Record<string, Readme>> = {
  cicd: {
    tag: 'v1.4.0',
    commands: {
      'npm install': INSTALLED,
      'npx gulp': /3 passed[^]*Finished 'default'/,
      'DOCKER_REPOSITORY=registry.example.com/team npx gulp release':
        /3 passed[^]*✔ push localhost:\d+\/team\/cicd-app:1\.4\.0 +published/,
      'DOCKER_REPOSITORY=registry.example.com/team npx gulp release --dry-run':
        /docker push localhost:\d+\/team\/cicd-app:1\.4\.0/,
    },
  },
  'composed-pipeline': {
    tag: 'v2.0',
    commands: {
      'npm install': INSTALLED,
      'npx gulp --tasks': /release +Builds, tests, and publishes what passed/,
      'npx gulp web': /✔ build web/,
      'npx gulp make': /✔ build app[^]*✔ build cicd/,
      'npx gulp check': /^OK$/m,
      'DOCKER_REPOSITORY=registry.example.com/ada npx gulp release':
        /✔ push localhost:\d+\/ada\/composed-pipeline-web:2\.0 +published/,
      'DOCKER_REPOSITORY=registry.example.com/ada npx gulp release --dry-run':
        /docker push localhost:\d+\/ada\/composed-pipeline-(?:app|web):2\.0/,
      'npx gulp develop': {
        shows: /(?:Finished 'web'[^]*){2}/,
        status: 130,
        async meanwhile(terminal, example) {
          await terminal.waitFor(/Finished 'web'/);
          await editUntil(terminal, /(?:Finished 'web'[^]*){2}/, join(example.folder, 'site/style.css'));
          await terminal.keys('C-c');
        },
      },
    },
  },
  dockerignore: {
    commands: {
      'npm install': INSTALLED,
      'npx gulp': /^\.\/src\/site\/index\.html$[^]*^\.\/src\/worker\/count\.sh$/m,
      'npx gulp run:site': /^\.\/src\/site\/index\.html$/m,
    },
  },
  'live-edit': {
    commands: {
      'npm install': INSTALLED,
      'npx gulp': /3 passed/,
      'npx gulp watch': {
        shows: /3 passed/,
        status: 130,
        async meanwhile(terminal, example) {
          await terminal.waitFor(/Starting 'watch'/);
          await editUntil(terminal, /Finished 'run:dev'/, join(example.folder, 'src/thermo/__init__.py'));
          await terminal.keys('C-c');
        },
      },
      'npx gulp run:shell': inShell('thermo 451', /^451 °F = 232\.8 °C$/m),
      'npx gulp run:dev --command "thermo 451"': /^451 °F = 232\.8 °C$/m,
      'npx gulp build:dev': /✔ build dev/,
      'npx gulp transfer:dev --host ada@server': /✔ transfer/,
      'npx gulp live:again --host ada@server': {
        shows: /(?:3 passed[^]*){2}/,
        status: 130,
        async meanwhile(terminal, example) {
          await terminal.waitFor(/3 passed/);
          await editUntil(terminal, /(?:3 passed[^]*){2}/, join(example.folder, 'src/thermo/__init__.py'));
          await terminal.keys('C-c');
        },
      },
    },
  },
  migrate: {
    tag: 'release-3.1',
    commands: {
      'npm install': INSTALLED,
      'docker network create migrate-net': /^[0-9a-f]{64}$/m,
      'npx genversion': /version 3\.1 .*wrote _version\.py\.bld/,
      'npx build-image all': /✔ build toolbox +acme-toolbox:stable/,
      'npx build-image -f app': /docker build .* --pull [^]*✔ build app/,
      'npx run-image app': /^sun sun by 3\.1$/m,
      'npx run-image report': /^sun sun sun sun sun by 3\.1\nreported$/m,
      'npx run-image -e DAYS=3 -c "forecast --json" app': /"forecast": \["sun", "sun", "sun"\]/,
      'npx run-image -k serve': inBackground(/127\.0\.0\.1:\d+->8000\/tcp/),
      'npx run-image shell': inShell('ls /app/docker', /dockerutils\.cfg/),
      'npx run-image -g dev': NO_GPU,
      'npx build-image clean': /removed migrate-app:/,
    },
  },
  multistage: {
    commands: {
      'npm install': INSTALLED,
      'npx gulp': /^MCMXCIX$/m,
      'npx gulp run:workshop': inShell('ls /build /wheels', /tests[^]*spell-0\.1\.0-py3-none-any\.whl/),
      'npx gulp build:app --dry-run': /docker build [^]* --target [^]*docker build /,
      'npx gulp clean:app': /removed multistage-app:.*\n.*removed multistage-app-builder:/,
    },
  },
  notebook: {
    commands: {
      'npm install': INSTALLED,
      'npx gulp': /^next: 180$/m,
      'npx gulp lab': {
        shows: /Shutting down\n.*Finished 'run:notebook'/,
        async meanwhile(terminal) {
          await terminal.waitFor(/Jupyter Server is running/);
          await terminal.keys('C-c');
          await terminal.waitFor(/Shut down this Jupyter server/);
          await terminal.keys('C-c');
        },
      },
      'npx gulp run:notebook --keep': inBackground(/127\.0\.0\.1:\d+->8888\/tcp/),
    },
  },
  quickstart: {
    tag: 'v1.2.0',
    commands: {
      'npm install': INSTALLED,
      'npx gulp --tasks': /run:app +Runs app as run\.cfg says/,
      'npx gulp': /^Hello, world! This is greeter 1\.2\.0\.$/m,
      'npx gulp run:dev': /^Ran 1 test[^]*^OK$/m,
      'npx gulp run:shell': inShell('ls /app/docker', /run\.cfg/),
      'npx gulp run:app --command "greeter Ada"': /^Hello, Ada! This is greeter 1\.2\.0\.$/m,
      'npx gulp build:app --dry-run': /^docker build /m,
    },
  },
  services: {
    commands: {
      'npm install': INSTALLED,
      'npx gulp': /docker network create [^]*3 passed/,
      'npx gulp run:tests --logs': /database system is ready to accept connections[^]*3 passed/,
      'npx gulp run:tests --dry-run': /^docker run .*postgres:15$/m,
      'npx gulp start:db': /Finished 'start:db'/,
      'npx gulp exec:db --command "psql -U postgres"': {
        shows: /^ +42$/m,
        async meanwhile(terminal) {
          await terminal.waitFor(/^postgres=# *$/m);
          await terminal.type('select 6 * 7;\n\\q\n');
        },
      },
      'npx gulp ps': /db/,
      'npx gulp stop:db': /Finished 'stop:db'/,
    },
  },
  tensorflow: {
    commands: {
      'npm install': INSTALLED,
      'npx gulp': /^TensorFlow 2\.16\.1 from \/cpu-env, 0 GPUs\nmean 3\.0$/m,
      'npx gulp --gpu': NO_GPU,
      'npx gulp run:shell --gpu': NO_GPU,
      'npx gulp run:train --gpu --dry-run': /docker run .* -e NVIDIA_VISIBLE_DEVICES=all /,
      'npx gulp run:train --env CPU_GPU_ENV=/gpu-env': /^TensorFlow 2\.16\.1 from \/gpu-env, 0 GPUs$/m,
    },
  },
  version: {
    commands: {
      'git tag v1.0.0': /^$/,
      'npm install': INSTALLED,
      'npx gulp': /^barometer 1\.0\.0$/m,
      'npx gulp genversion': /_version\.py\.bld is up to date/,
      'npx gulp images': /^app .* built .* 1\.0\.0$/m,
    },
  },
};

/** A line that is typed into a shell, and what that answers. */
function inShell(line: string, shows: RegExp): Step {
  return {
    shows,
    async meanwhile(terminal) {
      await terminal.waitFor(/[#$] *$/m);
      await terminal.type(`${line}\nexit\n`);
    },
  };
}

/** A container that stays, until somebody does what was said. */
function inBackground(shows: RegExp): Step {
  return { shows, advice: /remove it: (docker rm .*)/ };
}

/** Saves a file until that is seen: what watches it may not have begun to. */
function editUntil(terminal: Pty, seen: RegExp, file: string): Promise<string> {
  return until(`${String(seen)} after an edit`, async () => {
    await appendFile(file, '\n');
    return terminal.waitFor(seen, 20_000);
  });
}

heavy(() => {
  describe('the commands of the README of an example, in a terminal, with the tarball', function () {
    this.timeout(900_000);
    let engine: BedEngine;
    let registry: BedRegistry;
    let server: BedHost;
    let home: SshHome;
    let parent: string;
    let tarball: string;
    before(async function () {
      engine = await bed.orSkip(this, () => bed.engine('28-containerd', { own: 'readmes' }));
      parent = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-readmes-'));
      registry = await bed.registry();
      server = await bed.host({ engine: '28-containerd', name: 'readmes' });
      await letAdaIn(server);
      home = await sshHome(server);
      await home.configure(`IdentityFile ${server.identityFile}\nHost server\n  HostName ${server.address}`);
      await mirrorDockerHub();
      tarball = await packInto(parent);
    });
    after(async () => {
      await home?.remove();
      await server?.stop();
      await registry?.stop();
      await engine?.stop();
      await rm(parent, { recursive: true, force: true });
    });

    /** Has the engine pull from the registry what it would pull from Docker Hub: `--pull` does, also of what is there. */
    async function mirrorDockerHub(): Promise<void> {
      const settings = join(dirname(engine.socket), 'daemon.json');
      const configuration = JSON.parse(await readFile(settings, 'utf8')) as object;
      const mirrors = { 'registry-mirrors': [`http://${registry.address}`] };
      await writeFile(settings, JSON.stringify({ ...configuration, ...mirrors }));
      await engine.restart();
      await bed.baseImages(engine.docker, ['python:3.11-slim']);
      const repo = `${registry.address}/library/python`;
      await engine.docker.getImage('python:3.11-slim').tag({ repo, tag: '3.11-slim' });
      const push = await engine.docker.getImage(`${repo}:3.11-slim`).push({ authconfig: {} });
      await new Promise((resolve) => push.on('end', resolve).resume());
    }

    for (const [name, { tag, commands }] of Object.entries(readmes)) {
      it(name, async function () {
        const prepare = (folder: string) => prepareFolder(folder, tarball);
        const example = await openExample(this, name, { engine, tag, prepare });
        try {
          // What npm has told this program of how it was started is not for others.
          for (const variable in example.env) if (/^npm_/i.test(variable)) delete example.env[variable];
          example.env.LOGNAME = 'ada';
          example.env.PATH = [
            join(home.folder, 'bin'),
            dirname(await bed.dockerCli()),
            process.env.PATH,
          ].join(':');
          expect(await commandsOf(example.folder)).to.deep.equal(Object.keys(commands));
          for (const [command, expected] of Object.entries(commands)) {
            const step = expected instanceof RegExp ? { shows: expected } : expected;
            await carryOut(command.replace('registry.example.com', registry.address), step, example);
          }
        } finally {
          await example.close();
        }
      });
    }

    it('are those of all examples', () => {
      const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
      const described = readdirSync(examples).filter((name) => existsSync(join(examples, name, 'README.md')));
      expect([...Object.keys(readmes), 'locked-down', 'swarm']).to.have.members(described);
    });
  });
});

async function carryOut(
  command: string,
  { shows, status = 0, meanwhile, advice }: Step,
  example: OpenExample,
): Promise<void> {
  const { folder: cwd, env } = example;
  // So wide that no line is broken.
  const terminal = await bed.pty(['sh', '-c', command], { cwd, env, columns: 300, rows: 40 });
  try {
    await meanwhile?.(terminal, example);
    const ended = await terminal.exit();
    const shown = (await terminal.everything()).trimEnd();
    const told = `${command}\n${shown}`;
    expect(ended.status, told).to.equal(status);
    expect(shown, told).to.match(shows);
    const next = advice?.exec(shown)?.[1];
    if (next !== undefined) await carryOut(next, { shows: /^\S+$/ }, example);
  } finally {
    await terminal.close();
  }
}

/** Names the tarball in package.json, and in run.cfg ports that no other test publishes. */
async function prepareFolder(folder: string, tarball: string): Promise<void> {
  await nameTarball(folder, tarball);
  for (const name of ['run.cfg', 'dockerutils.cfg']) {
    const file = join(folder, 'docker', name);
    if (!existsSync(file)) continue;
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/(?<=-p 127\.0\.0\.1:)\d+/, String(await freePort())));
  }
}
