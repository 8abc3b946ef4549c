import { IndexBuilder } from '../../../../lib/transfer/contents/index-entries.js';
import { IndexRecord } from '../../../../lib/transfer/contents/index-record.js';
import type { LayerIndex } from '../../../../lib/transfer/contents/layer-index.js';
import { LayerScanner } from '../../../../lib/transfer/contents/layer-scanner.js';

/** A scanner, and what it has noted so far. */
export function listing(): { scanner: LayerScanner; index: () => LayerIndex } {
  const builder = new IndexBuilder();
  const scanner = new LayerScanner((entry) => builder.add(entry));
  return { scanner, index: () => builder.index(scanner.size) };
}

/** An index as it is kept. */
export function recordOf({ size, files, ...paths }: LayerIndex): Promise<Buffer> {
  const record = new IndexRecord();
  for (const file of files) record.add(file);
  for (const kind of ['folders', 'others', 'whiteouts', 'opaque'] as const)
    for (const path of paths[kind]) record.add({ kind, path });
  return record.end(size);
}
