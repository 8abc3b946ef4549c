/**
 * A program for the tests: runs one image as `gulp run:…` would, connected to the standard streams of this process.
 * Its only argument is a {@link RunProgramSpec} as JSON; the engine is that of DOCKER_HOST.
 */
import { resolve } from 'node:path';
import { openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { createReport } from '../../../lib/report/index.js';
import { carryOutRun, planRun, type RunOptions } from '../../../lib/run/index.js';
import { UserError } from '../../../lib/text/user-error.js';
import type { Word } from '../../../lib/text/word.js';
import { image } from '../../image.js';
import { quietMeans } from '../../means.js';

export interface RunProgramSpec {
  /** Values of the image's section; lists are words. */
  section?: Partial<
    Record<'environment' | 'env' | 'volumes' | 'ports' | 'args' | 'cmd' | 'interactive' | 'gpu', string[]>
  > & { network?: string };
  options?: RunOptions;
  reference?: string;
  /** Whether the image is one that the project builds. */
  built?: boolean;
  name?: string;
  root?: string;
  /** What is copied out of the container: `from` in it, `to` here, below `root`. */
  outputs?: { from: string; to: string }[];
}

const spec = JSON.parse(process.argv[2]!) as RunProgramSpec;
const { section = {}, reference = 'busybox:latest', root = process.cwd(), name = 'sample' } = spec;
const words = (list: string[] = []): Word[] =>
  list.map((text, index) => ({ text, origin: { file: 'docker/run.cfg', line: index + 1 } }));

const described = image(name, reference, {
  synthetic: !spec.built,
  ...(spec.built && { folder: `${root}/docker/${name}`, dockerfile: `${root}/docker/${name}/Dockerfile` }),
  environment: words(section.environment),
  env: words(section.env),
  interactive: section.interactive && words(section.interactive),
  gpu: words(section.gpu),
  network: section.network === undefined ? undefined : words([section.network])[0],
  volumes: words(section.volumes),
  ports: words(section.ports),
  args: words(section.args),
  cmd: words(section.cmd),
});

void main();

async function main(): Promise<void> {
  const { env, stdin, stdout, stderr } = process;
  try {
    const engine = await openEngine(resolveEngineAddress({ env }));
    const { runtimes } = await engine.facts();
    const plan = planRun({
      project: { name: 'project', root, user: `e2e-${process.pid}` },
      image: described,
      options: spec.options ?? {},
      outputs: spec.outputs?.map(({ from, to }) => ({ from, to: resolve(root, to), within: true })),
      env,
      now: new Date(),
      stdinIsTTY: stdin.isTTY,
      stdoutIsTTY: stdout.isTTY,
      runtimes,
    });
    const report = createReport({ env });
    const { exitStatus } = await carryOutRun(plan, {
      ...quietMeans(engine, { report }),
      streams: { stdin, stdout, stderr },
    });
    await engine.close();
    process.exitCode = exitStatus;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    stderr.write(`${error.code}: ${error.message}\n`);
    process.exit(error.exitStatus);
  }
}
