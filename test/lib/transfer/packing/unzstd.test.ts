import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { byNode, byProgram, createUnzstd } from '../../../../lib/transfer/packing/unzstd.js';
import { ZstdFrames } from '../../../../lib/transfer/packing/zstd-frames.js';

/** Zstandard's magic number, and 5 bytes of a frame: one segment of 5 bytes, one raw block, no checksum. */
const HELLO = Buffer.concat([Buffer.from('28b52ffd2005290000', 'hex'), Buffer.from('hello')]);
/** The same with a checksum of 4 bytes that nobody looks at here. */
const CHECKED = Buffer.concat([
  Buffer.from('28b52ffd2405290000', 'hex'),
  Buffer.from('hello'),
  Buffer.alloc(4),
]);
/** A byte that is repeated 300 times, with a window and the size in two bytes, and one block for it. */
const REPEATED = Buffer.from('28b52ffd40002c00630900' + '61', 'hex');
const SKIPPED = Buffer.concat([Buffer.from('5f2a4d1803000000', 'hex'), Buffer.from('any')]);

const FRAMES = [HELLO, CHECKED, SKIPPED, REPEATED, HELLO];

describe('zstd', () => {
  for (const step of [1, 3, 7, 1000]) {
    it(`is cut where its frames end, though it comes ${step} bytes at a time`, () => {
      const all = Buffer.concat(FRAMES);
      const cut = new ZstdFrames();
      const chunks: Buffer[] = [];
      for (let at = 0; at < all.length; at += step) chunks.push(...cut.push(all.subarray(at, at + step)));
      expect(Buffer.concat(chunks).equals(all)).to.equal(true);
      const ends = new Set<number>();
      let end = 0;
      for (const { length } of chunks) ends.add((end += length));
      let frameEnd = 0;
      for (const { length } of FRAMES) expect(ends).to.include((frameEnd += length));
    });
  }

  it('is passed on whole where it is none', () => {
    const garbage = Buffer.from('no frame at all');
    expect(new ZstdFrames().push(garbage)).to.deep.equal([garbage]);
  });

  it('of several frames is unpacked to its end, whatever does it', async function () {
    const packed = Buffer.concat([HELLO, SKIPPED, HELLO]);
    let done = 0;
    if (createUnzstd) {
      done++;
      expect(await text(Readable.from(byNode([packed], createUnzstd)))).to.equal('hellohello');
    }
    if (hasProgram()) {
      done++;
      expect(await text(Readable.from(byProgram([packed])))).to.equal('hellohello');
      const broken = text(Readable.from(byProgram([packed.subarray(0, 11)])));
      const error: unknown = await broken.catch((reason: unknown) => reason);
      expect(error)
        .to.have.property('message')
        .that.matches(/^zstd cannot unpack a layer/);
    }
    if (done === 0) this.skip();
  });
});

function hasProgram(): boolean {
  try {
    execFileSync('zstd', ['--version']);
    return true;
  } catch {
    return false;
  }
}
