import { isIPv4 } from 'node:net';

/** How many are tried. */
const MOST = 16;

/**
 * The addresses of IPv4 at which a machine can be dialed from elsewhere, by the kernel's own table (`/proc/net/fib_trie`).
 * Those of bridges that only the machine itself reaches are among them: nobody answers rightly there.
 */
export function addressesIn(table: string): string[] {
  const found = new Set<string>();
  let address = '';
  for (const line of table.split('\n')) {
    address = /^[\s|+-]*([\d.]+)(?:\/\d+)?(?: \d.*)?$/.exec(line)?.[1] ?? address;
    if (/\/32 host LOCAL\s*$/.test(line) && isIPv4(address) && !address.startsWith('127.'))
      found.add(address);
  }
  return [...found].slice(0, MOST);
}

/** The four bytes of an address. */
export function addressBytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}
