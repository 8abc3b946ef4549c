import fs from 'node:fs';
import { Readable } from 'node:stream';
import { anything } from '../engine/client/shape.js';
import type { Engine } from '../engine/types.js';
import { entryHeader, TAR_END, tarPadding } from '../oci/tar-writer.js';
import type { Owner } from './sidecar/operations.js';

/**
 * Puts a file into a container's own file system, where no sidecar can write. A reader may see it missing for a moment.
 *
 * @param target absolute path there
 */
export async function putLooseFile(
  engine: Engine,
  containerId: string,
  { source, target, owner }: { source: string; target: string; owner: Owner },
): Promise<void> {
  const content = fs.readFileSync(source);
  const { mode, mtimeMs } = fs.statSync(source);
  const path = target.replace(/^\/+/, '');
  const head = entryHeader({
    path,
    type: 'file',
    mode: process.platform === 'win32' ? 0o755 : mode & 0o7777,
    size: content.length,
    mtime: Math.floor(mtimeMs / 1000),
    owner,
  });
  const body = Readable.from([Buffer.concat([head, content, tarPadding(content.length), TAR_END])]);
  const query = { path: '/' };
  await engine.client.json('PUT', `/containers/${containerId}/archive`, anything, { query, body });
}
