/** A gulp task that throws where no promise passes it on, and goes on. */
import { bareContext } from '../../tasks/context.js';
import { asTask } from '../../tasks/define-task.js';
import { newGulp } from './new-gulp.js';

async function work(): Promise<void> {
  console.log(`in a domain: ${process.domain !== undefined && process.domain !== null}`);
  setImmediate(() => {
    throw new Error('thrown aside');
  });
  await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
}

const task = asTask(bareContext(), work, { name: 'aside', kind: 'aside', flags: {}, description: '' });
const gulp = newGulp();
gulp.on('error', () => undefined);
gulp.series(gulp.parallel(task))((error) => {
  console.log(`gulp hears: ${String(error)}`);
  process.exit();
});
