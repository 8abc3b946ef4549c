/**
 * How long services take from the command to ready, a PostgreSQL and a Redis and what needs both, beside
 * "docker compose up --wait" of the same images on the same engine. Compile first: it measures `dist/`. Compose 2 has to be
 * there as a program: Debian's package docker-compose of forky has it in /usr/libexec/docker/cli-plugins.
 *
 *     DOCKER_COMPOSE=/usr/libexec/docker/cli-plugins/docker-compose npx tsx bench/services.ts [--engine 28-containerd] [--rounds 7]
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { bed, type EngineName } from '../test/bed/index.js';
import { gulpProgram, project } from '../test/e2e/tasks/gulp.js';
import { bound } from './shared/bound.js';
import { alternate, median } from './shared/rounds.js';

const LIMIT = 1;

const RUN_CFG = `[run_image]
synthetic_images=app
[app]
name=busybox
tag=latest
prefix=False
depends_on=db, cache
cmd=sleep 600
[db]
name=postgres:15
prefix=False
environment=-e POSTGRES_HOST_AUTH_METHOD=trust
ready=port 5432
[cache]
name=redis:7
prefix=False
ready=port 6379
`;

/** As compose's own pages have it, but asked twice as often as they do at most. */
const COMPOSE = `services:
  app:
    image: busybox:latest
    command: sleep 600
    stop_grace_period: 0s
    depends_on:
      db: { condition: service_healthy }
      cache: { condition: service_healthy }
  db:
    image: postgres:15
    environment: { POSTGRES_HOST_AUTH_METHOD: trust }
    healthcheck: { test: pg_isready -h 127.0.0.1 -U postgres, interval: 500ms, timeout: 5s, retries: 100 }
  cache:
    image: redis:7
    healthcheck: { test: redis-cli ping, interval: 500ms, timeout: 5s, retries: 100 }
`;

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: '28-containerd' },
    rounds: { type: 'string', default: '7' },
  },
});

async function main(): Promise<void> {
  const engine = await bed.engine(values.engine as EngineName);
  await bed.baseImages(engine.docker, ['busybox:latest', 'postgres:15', 'redis:7']);
  await using made = await project(
    { 'docker/base/Dockerfile': 'FROM scratch\n', 'docker/run.cfg': RUN_CFG },
    'bench-services',
  );
  writeFileSync(join(made.folder, 'compose.yaml'), COMPOSE);
  const env = { ...process.env, ...engine.env, LOGNAME: `bench-${process.pid}` };
  const compose = process.env.DOCKER_COMPOSE ?? 'docker-compose';
  const execute = (program: string, ...words: string[]) =>
    promisify(execFile)(program, words, { cwd: made.folder, env });
  const gulp = (...words: string[]) => execute(process.execPath, gulpProgram, ...words, '--silent');
  const { stdout: version } = await execute(compose, 'version', '--short');
  const results = await alternate(
    {
      ours: async () => {
        const time = await timed(() => gulp('start:app'));
        await gulp('stop');
        return time;
      },
      compose: async () => {
        const time = await timed(() => execute(compose, 'up', '--wait', '--quiet-pull'));
        await execute(compose, 'down', '--volumes', '--timeout', '1');
        return time;
      },
    },
    Number(values.rounds),
  );
  const idle = await timed(() => gulp('start:app', '--dry-run'));
  const [ours = NaN, theirs = NaN] = [...results.values()].map((times) => median(times));
  console.log(`of ours a start of gulp that asks no engine is ${(idle / 1000).toFixed(2)} s`);
  const peer = `docker compose ${version.trim()} up --wait`;
  bound(`start to ready on ${values.engine}, s beside ${peer}`, ours / 1000, theirs / 1000, LIMIT, 2);
}

/** Milliseconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

void main();
