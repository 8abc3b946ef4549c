/** A program for the tests: carries out one factory's task in the project around it, as `graph` with `{"dryRun":true}`. */
import { dockerTasks } from '../../tasks/index.js';

const [name = '', options = '{}'] = process.argv.slice(2);

const tasks = dockerTasks({ argv: [] });
const task = tasks[name as 'graph' | 'doctor'](JSON.parse(options) as object);
task().catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 1;
});
