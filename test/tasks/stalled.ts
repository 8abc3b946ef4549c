/** A program whose work never ends, and that has nothing left to wait for. */
import { bareContext } from '../../tasks/context.js';
import { carryOutJob } from '../../tasks/define-task.js';

await carryOutJob(bareContext(), {
  name: 'stalled',
  kind: 'stalled',
  flags: { dryRun: { type: 'boolean', description: '' } },
  options: {},
  work: () => new Promise<void>(() => undefined),
}).catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 1;
});
