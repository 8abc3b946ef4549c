/** `npm run demo`: the main job on examples/quickstart, on the engine of this machine or, without one, a private one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bed } from '../test/bed/index.js';
import { setUpExample } from './set-up.js';

const engine = await bed.demoEngine(['python:3.11-slim']);
console.log(`Docker engine: ${engine.url}`);

const project = await setUpExample('quickstart', { tag: 'v1.2.0' });
try {
  console.log(`Project: a copy of examples/quickstart in ${project.folder}\n\n$ npx gulp demo`);
  const gulp = join(project.folder, 'node_modules', '.bin', 'gulp');
  const child = spawn(process.execPath, [gulp, 'demo'], {
    cwd: project.folder,
    env: engine.env,
    stdio: 'inherit',
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  process.exitCode = status ?? 1;
} finally {
  await project.remove();
}
