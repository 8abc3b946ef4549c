import type { Report } from '../lib/report/types.js';
import type { TransferPlan, Ways } from '../lib/transfer/index.js';

/**
 * Shows what hosts lack of an image, with the docker commands, and which way it goes to them.
 *
 * @param direct whether each gets its own copy from here
 */
export async function showPlans(
  plans: readonly TransferPlan[],
  { direct }: { direct: boolean },
  report: Pick<Report, 'command' | 'info'>,
): Promise<Ways> {
  const { planWays, renderPlan, renderWays, transferCommand } = await import('../lib/transfer/index.js');
  for (const plan of plans) {
    report.command(transferCommand(plan));
    renderPlan(plan).forEach((line) => report.info(line));
  }
  const ways = await planWays(direct ? [] : plans);
  renderWays(ways).forEach((line) => report.info(line));
  return ways;
}
