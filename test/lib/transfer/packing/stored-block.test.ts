import * as zlib from 'node:zlib';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { storedGzip, storedZstd } from '../../../../lib/transfer/packing/stored-block.js';
import { canUnzstd, unzstd } from '../../../../lib/transfer/packing/unzstd.js';
import { randomBytes } from '../../../seed.js';

const LENGTHS = [0, 1, 65_535, 65_536, 2 ** 17, 2 ** 17 + 1, 2 ** 19 + 777];

describe('a block that is stored as it is', () => {
  it('is gzip, in members that may follow each other', () => {
    const blocks = LENGTHS.map(randomBytes);
    const packed = Buffer.concat([...blocks.map(storedGzip), zlib.gzipSync('end')]);
    const all = Buffer.concat([...blocks, Buffer.from('end')]);
    expect(gunzipSync(packed).equals(all)).to.equal(true);
  });

  it('is zstd, in frames that may follow each other', async function () {
    if (!(await canUnzstd())) return this.skip();
    const blocks = LENGTHS.map(randomBytes);
    const unpacked: Buffer[] = [];
    for await (const bytes of unzstd([Buffer.concat(blocks.map(storedZstd))])) unpacked.push(bytes);
    expect(Buffer.concat(unpacked).equals(Buffer.concat(blocks))).to.equal(true);
  });
});
