import { join } from 'node:path';
import { setUpExample, type SetUpOptions } from '../../../examples/set-up.js';
import { bed, type BedEngine, type EngineName, type Pty } from '../../bed/index.js';
import { type Ended, gulp } from '../tasks/gulp.js';
import { outside } from './outside.js';
import { servePackages } from './package-index.js';

export interface OpenOptions extends SetUpOptions {
  engine: EngineName | BedEngine;
}

/** A copy of an example, in a folder of its own, on an engine of the test bed. */
export interface OpenExample {
  /** Absolute path of the project. */
  folder: string;
  engine: BedEngine;
  /** Variables of its environment; further ones may be set. */
  env: NodeJS.ProcessEnv;
  /** Runs gulp in it, as its user would. */
  gulp: (...args: string[]) => Promise<Ended>;
  /** The same in a terminal. */
  terminal: (...args: string[]) => Promise<Pty>;
  /** Python packages that its index was asked for. */
  asked: Set<string>;
  /** Removes its images and its folder. */
  close(): Promise<void>;
}

/** @param test the mocha hook that it is opened in; it is skipped where there can be no engine */
export async function openExample(
  test: Mocha.Context,
  name: string,
  { engine: wanted, tag, prepare }: OpenOptions,
): Promise<OpenExample> {
  test.timeout(900_000);
  const engine = typeof wanted === 'string' ? await bed.orSkip(test, () => bed.engine(wanted)) : wanted;
  const { baseImages = ['python:3.11-slim'], packages = () => [] } = outside[name] ?? {};
  await bed.baseImages(engine.docker, baseImages);
  const index = await servePackages(engine, await packages());
  const project = await setUpExample(name, { tag, prepare });
  const { folder } = project;
  const env: NodeJS.ProcessEnv = { ...engine.env, ...index.env };
  const run = (...args: string[]) => gulp(folder, args, { env });
  return {
    folder,
    engine,
    env,
    asked: index.asked,
    gulp: run,
    terminal: (...args) =>
      bed.pty([process.execPath, join(folder, 'node_modules/gulp/bin/gulp.js'), ...args], {
        cwd: folder,
        env,
        columns: 120,
        rows: 40,
      }),
    async close() {
      await run('clean');
      await project.remove();
      await index.close();
    },
  };
}
