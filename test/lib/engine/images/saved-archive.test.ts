import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { pack } from 'tar-stream';
import { readSavedArchive } from '../../../../lib/engine/images/saved-archive.js';

describe('a saved archive', () => {
  it('goes on behind a file of which only a part was read', async () => {
    const saved = pack();
    for (const name of ['first', 'second']) saved.entry({ name }, Buffer.alloc(300_000, name));
    saved.finalize();
    const archive = await buffer(saved);
    // As a connection delivers it.
    const pieces = Array.from({ length: archive.length / 512 }, (_, i) =>
      archive.subarray(i * 512, (i + 1) * 512),
    );

    const seen: [string, number][] = [];
    for await (const { name, size, content } of readSavedArchive(Readable.from(pieces))) {
      seen.push([name, size]);
      for await (const chunk of content) if (chunk.length > 0) break;
      // The reader may take its time: whatever happens meanwhile must not be missed.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(seen).to.deep.equal([
      ['first', 300_000],
      ['second', 300_000],
    ]);
  });
});
