import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine, SharedFolder } from './machine.js';

/** PEM files. */
export interface Certificate {
  /** The private authority's own certificate. */
  authority: string;
  certificate: string;
  key: string;
}

/**
 * Makes a private authority and, signed by it, a certificate for these IP addresses and for localhost.
 *
 * @param folder for the files
 * @returns as the machine sees them
 */
export async function makeCertificate(
  machine: Machine,
  addresses: readonly string[],
  folder: SharedFolder = { inside: machine.folder, outside: machine.folder },
): Promise<Certificate> {
  const file = (name: string) => join(folder.inside, name);
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  const openssl = (...args: string[]) => machine.run(['openssl', ...args]);
  await openssl(
    ...['req', '-x509', ...newKey, '-days', '30', '-subj', '/CN=Test bed authority'],
    ...['-keyout', file('authority.key'), '-out', file('authority.crt')],
  );
  await openssl(
    ...['req', '-new', ...newKey, '-subj', '/CN=localhost', '-keyout', file('server.key')],
    ...['-out', file('server.csr')],
  );
  const names = ['DNS:localhost', ...addresses.map((address) => `IP:${address}`)].join(',');
  await writeFile(join(folder.outside, 'server.ext'), `subjectAltName=${names}\n`);
  await openssl(
    ...['x509', '-req', '-days', '30', '-in', file('server.csr'), '-extfile', file('server.ext')],
    ...['-CA', file('authority.crt'), '-CAkey', file('authority.key'), '-CAcreateserial'],
    ...['-out', file('server.crt')],
  );
  return { authority: file('authority.crt'), certificate: file('server.crt'), key: file('server.key') };
}
