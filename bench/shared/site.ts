import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { command } from '../../test/bed/command.js';
import type { BedHost } from '../../test/bed/index.js';

/** Hosts of one place, and the one line from this machine to all of them. */
export interface Site {
  /** Bytes that went over the line, both ways, with all headers. */
  bytes(): Promise<number>;
  close(): Promise<void>;
}

const [NEAR, FAR] = ['10.255.255.1', '10.255.255.2'];
const LINE = 'bench-line';

/**
 * Puts hosts behind a router of their own: they reach each other as quick as this machine allows, and this one through a
 * line that they share.
 *
 * @param rate of the line in Mbit/s, each way
 */
export async function openSite(hosts: readonly BedHost[], rate: number): Promise<Site> {
  const router = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const pid = String(router.pid);
  const inside = (argv: readonly string[]) => command(['nsenter', '-t', pid, '-n', ...argv]);
  await command(['ip', 'link', 'add', LINE, 'type', 'veth', 'peer', 'name', LINE, 'netns', pid]);
  await command(['ip', 'address', 'add', `${NEAR}/30`, 'dev', LINE]);
  await command(['ip', 'link', 'set', LINE, 'up']);
  await inside(['ip', 'address', 'add', `${FAR}/30`, 'dev', LINE]);
  await inside(['ip', 'link', 'set', LINE, 'up']);
  await inside(['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']);
  const burst = String(Math.ceil((rate * 1e6) / 8 / 100));
  const limit = ['tc', 'qdisc', 'replace', 'dev', LINE, 'root', 'tbf', 'rate', `${rate}mbit`, 'burst', burst];
  await command([...limit, 'latency', '50ms']);
  await inside([...limit, 'latency', '50ms']);
  for (const host of hosts) {
    const { address, gateway } = host;
    const [, link = ''] = / dev (\S+)/.exec(await command(['ip', 'route', 'get', address])) ?? [];
    await command(['ip', 'link', 'set', link, 'netns', pid]);
    await inside(['ip', 'address', 'add', `${gateway}/30`, 'dev', link]);
    await inside(['ip', 'link', 'set', link, 'up']);
    await host.run(['ip', 'route', 'add', 'default', 'via', gateway]);
    await command(['ip', 'route', 'add', address, 'via', FAR, 'dev', LINE]);
  }
  const counter = async (way: string) =>
    Number(await readFile(`/sys/class/net/${LINE}/statistics/${way}_bytes`, 'utf8'));
  return {
    bytes: async () => (await counter('tx')) + (await counter('rx')),
    async close() {
      router.kill();
      await command(['ip', 'link', 'delete', LINE]).catch(() => undefined);
    },
  };
}
