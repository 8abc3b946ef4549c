import type { Readable } from 'node:stream';
import { BrokenArchive, filesOfTar } from '../oci/tar-files.js';
import { notWritten, unpack, type Unpacked } from '../system/unpack.js';
import { UnpackedTree } from '../system/unpacked-tree.js';
import { messageOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';

/**
 * Unpacks what an engine has built into a folder. Links may lead anywhere: of a whole system most lead out of the folder, and are
 * right where it is used.
 *
 * @param shown the folder's name in messages
 * @throws {UserError} `OUTPUT_WRITE` where it cannot be written, or the archive is none, or ends in the middle
 */
export async function unpackArchive(archive: Readable, folder: string, shown: string): Promise<Unpacked> {
  try {
    return await unpack(filesOfTar(archive), new UnpackedTree(folder), { anyLinks: true });
  } catch (error) {
    if (!(error instanceof BrokenArchive)) throw notWritten(error, shown);
    const sentence = `${shown} is not written: what came from the engine is no archive that can be (${messageOf(error)}).`;
    throw new UserError('OUTPUT_WRITE', sentence, { cause: error });
  }
}
