import { expect } from 'chai';
import { framePrefix, readFrames } from '../../../../lib/build/session/grpc-frames.js';

async function* inChunks(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length)
    yield await Promise.resolve(bytes.subarray(at, at + length));
}

describe('messages of gRPC', () => {
  const told = [Buffer.from('abc'), Buffer.alloc(0), Buffer.from('d'.repeat(300)), Buffer.from('e')];
  const bytes = Buffer.concat(told.flatMap((message) => [framePrefix(message.length), message]));

  for (const length of [1, 2, 3, 5, 7, 64, 1000])
    it(`are found in chunks of ${length} bytes`, async () => {
      const found: Buffer[] = [];
      for await (const message of readFrames(inChunks(bytes, length))) found.push(message);
      expect(found).to.deep.equal(told);
    });

  it('may be long, and come in small chunks', async () => {
    const long = Buffer.concat([framePrefix(50 << 20), Buffer.alloc(50 << 20)]);
    const lengths: number[] = [];
    for await (const { length } of readFrames(inChunks(long, 4096))) lengths.push(length);
    expect(lengths).to.deep.equal([50 << 20]);
  }).timeout(30_000);
});
