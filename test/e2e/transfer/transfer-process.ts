import { openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { carryOutTransfer, planTransfer } from '../../../lib/transfer/index.js';
import { quiet } from '../../means.js';

// A transfer in a process of its own, for tests that kill it: <source> <target> <reference>.
async function main([from = '', to = '', reference = '']: string[]): Promise<void> {
  const open = (url: string) => openEngine(resolveEngineAddress({ host: url, orNode: true, env: {} }));
  const [source, target] = await Promise.all([open(from), open(to)]);
  const plan = await planTransfer(source, target, reference);
  await carryOutTransfer(plan, quiet);
  await source.close();
  await target.close();
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
