import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { command } from './command.js';
import type { Machine } from './machine.js';

/** The cable between this machine and a host, seen from here. */
export interface Link {
  /** Limits both directions to so many Mbit/s; undefined takes the limit away. */
  rate(megabits: number | undefined): Promise<void>;
  /** Pulls the cable out at the host's end: packets vanish, nobody is told. */
  cut(): Promise<void>;
  /** Plugs it in again. */
  mend(): Promise<void>;
  /** Bytes that went over it so far, with all headers. */
  bytes(): Promise<{ sent: number; received: number }>;
}

export interface LinkEnds {
  /** Name of the end here. */
  link: string;
  /** Address here. */
  near: string;
  /** Address of the machine. */
  far: string;
}

/** Connects a machine that has a network of its own; it gets no route but to this end. */
export async function connect(machine: Machine, { link, near, far }: LinkEnds): Promise<Link> {
  await removeLink(link);
  const peer = ['peer', 'name', inside, 'netns', String(machine.pid)];
  await command(['ip', 'link', 'add', link, 'type', 'veth', ...peer]);
  await command(['ip', 'address', 'add', `${near}/30`, 'dev', link]);
  await command(['ip', 'link', 'set', link, 'up']);
  const setInside = (state: string) => machine.run(['ip', 'link', 'set', inside, state]);
  await machine.run(['ip', 'link', 'set', 'lo', 'up']);
  await machine.run(['ip', 'address', 'add', `${far}/30`, 'dev', inside]);
  await setInside('up');
  return {
    async rate(megabits) {
      const limit = limitOf(megabits);
      const here = ['tc', 'qdisc', ...limit(link)];
      const there = ['tc', 'qdisc', ...limit(inside)];
      // Deleting a limit where there is none is no failure worth a word.
      if (megabits === undefined) {
        await command(here).catch(() => undefined);
        await machine.run(there).catch(() => undefined);
        return;
      }
      await command(here);
      await machine.run(there);
    },
    cut: async () => void (await setInside('down')),
    async mend() {
      await setInside('up');
      // Otherwise a connection right after it meets "No route to host", remembered from the cut.
      await command(['ip', 'neighbour', 'flush', 'dev', link]);
    },
    async bytes() {
      const counter = async (name: string) =>
        Number(await readFile(`/sys/class/net/${link}/statistics/${name}_bytes`, 'utf8'));
      return { sent: await counter('tx'), received: await counter('rx') };
    },
  };
}

/** Removes a network link of this machine, where there is one of that name. */
export async function removeLink(name: string): Promise<void> {
  // It may vanish by itself meanwhile: the kernel clears a dead network namespace when it finds the time.
  if (existsSync(`/sys/class/net/${name}`))
    await command(['ip', 'link', 'delete', name]).catch(() => undefined);
}

const inside = 'eth0';

/** A bucket of 10 ms at least, or the rate would not be reached with a timer of 100 Hz. */
function limitOf(megabits: number | undefined): (device: string) => string[] {
  if (megabits === undefined) return (device) => ['delete', 'dev', device, 'root'];
  const burst = String(Math.max(64 * 1024, Math.ceil((megabits * 1e6) / 8 / 100)));
  const bucket = ['tbf', 'rate', `${megabits}mbit`, 'burst', burst, 'latency', '50ms'];
  return (device) => ['replace', 'dev', device, 'root', ...bucket];
}
