import { createCipheriv } from 'node:crypto';

export const KEY_BYTES = 32;
const MAC_BYTES = 16;

/**
 * A block as only those can read it who have the key, and nobody can change it unnoticed: ChaCha20-Poly1305 of RFC 8439.
 *
 * @param number that of the block, never used twice with one key
 */
export function sealed(block: Buffer, key: Buffer, number: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32LE(number, 4);
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: MAC_BYTES });
  return Buffer.concat([cipher.update(block), cipher.final(), cipher.getAuthTag()]);
}
