import { join } from 'node:path';
import { setUpExample } from '../../../examples/set-up.js';
import { type BaseImage, bed, type BedEngine, type EngineName, type Pty } from '../../bed/index.js';
import { type Ended, gulp } from '../tasks/gulp.js';

export interface OpenOptions {
  engine: EngineName | BedEngine;
  /** The version that the project's only commit is tagged with. */
  tag?: string;
  baseImages?: readonly BaseImage[];
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
  /** Removes its images and its folder. */
  close(): Promise<void>;
}

/** @param test the mocha hook that it is opened in; it is skipped where there can be no engine */
export async function openExample(
  test: Mocha.Context,
  name: string,
  { engine: wanted, tag, baseImages = ['python:3.11-slim'] }: OpenOptions,
): Promise<OpenExample> {
  test.timeout(900_000);
  const engine = typeof wanted === 'string' ? await bed.orSkip(test, () => bed.engine(wanted)) : wanted;
  await bed.baseImages(engine.docker, baseImages);
  const project = await setUpExample(name, { tag });
  const { folder } = project;
  const env = { ...engine.env };
  const run = (...args: string[]) => gulp(folder, args, { env });
  return {
    folder,
    engine,
    env,
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
    },
  };
}
