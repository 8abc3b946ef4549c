import { command } from './command.js';
import { addressPrefix, bedId } from './folders.js';

/**
 * Lets containers of one network reach each other on a machine whose own Docker engine has told the kernel to drop
 * what is forwarded. The only rule that the bed adds to the machine's tables, and only there.
 */
export async function allowForwarding(): Promise<void> {
  const rules = await command(['iptables', '-w', '-S', 'FORWARD']).catch(() => ''); // no iptables, no rules
  if (!rules.includes('-P FORWARD DROP') || rules.includes(bedId)) return;
  await command(['iptables', '-w', '-I', 'FORWARD', ...rule]);
}

/** Takes the rule back. */
export async function forbidForwarding(): Promise<void> {
  const rules = await command(['iptables', '-w', '-S', 'FORWARD']).catch(() => '');
  for (const line of rules.split('\n')) {
    if (line.includes(bedId)) await command(['iptables', '-w', '-D', 'FORWARD', ...rule]);
  }
}

const range = `${addressPrefix}.0.0/16`;
const rule = ['-s', range, '-d', range, '-m', 'comment', '--comment', bedId, '-j', 'ACCEPT'];
