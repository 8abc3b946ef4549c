import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addressPrefix, bedId, folders } from './folders.js';

export type NumberedKind = 'engine' | 'host';

/**
 * Of the bed's 16 ranges of addresses (/20), each engine has one, the one before the last is for services, and in the
 * last each host has a /30.
 */
const limits: Record<NumberedKind, number> = { engine: 14, host: 1024 };

/** An address of this machine that, unlike localhost, no engine takes for one that needs no certificate. */
export const serviceAddress = `${addressPrefix}.224.1`;

/** Registries at these addresses, by which hosts reach this machine, may speak plain HTTP. */
export const insecureRange = `${addressPrefix}.240.0/20`;

/** Takes the lowest free number of a kind; links and addresses follow from it. */
export async function takeNumber(kind: NumberedKind): Promise<number> {
  const folder = join(folders.run, 'numbers');
  await mkdir(folder, { recursive: true });
  for (let number = 0; number < limits[kind]; number++) {
    try {
      await writeFile(join(folder, `${kind}-${number}`), '', { flag: 'wx' });
      return number;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Error(`The test bed has no room for one more ${kind}: take it down first.`);
}

/** Gives a number back. */
export async function releaseNumber(kind: NumberedKind, number: number): Promise<void> {
  await rm(join(folders.run, 'numbers', `${kind}-${number}`), { force: true });
}

/** Bridge and addresses of a local engine. */
export function engineNetwork(number: number) {
  const third = number * 16;
  return {
    bridge: `${bedId}e${number}`,
    /** The bridge's address and with it the range of the default network. */
    address: `${addressPrefix}.${third}.1/24`,
    /** Where the engine takes the networks from that its users create. */
    pool: { base: `${addressPrefix}.${third + 8}.0/21`, size: 26 },
  };
}

/** Link and addresses of a remote host. */
export function hostNetwork(number: number) {
  const quad = 4 * (number % 64);
  const three = `${addressPrefix}.${240 + Math.floor(number / 64)}`;
  return {
    /** The end of the link on this machine. */
    link: `${bedId}h${number}`,
    /** This machine's address on the link. */
    near: `${three}.${quad + 1}`,
    /** The host's address. */
    far: `${three}.${quad + 2}`,
  };
}
