import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { digestOf, plainDiffId } from '../../../../lib/oci/digest.js';
import { TAR_END, tarFile } from '../../../../lib/oci/tar-writer.js';
import { readRecord } from '../../../../lib/transfer/contents/index-record.js';
import type { IndexedFile } from '../../../../lib/transfer/contents/layer-index.js';
import { PlainLayer } from '../../../../lib/transfer/contents/plain-layer.js';

describe('a layer in gzip', () => {
  const archive = Buffer.concat([tarFile('a', Buffer.from('hello')), TAR_END]);
  const packed = gzipSync(archive);

  async function read(...chunks: Buffer[]): Promise<PlainLayer> {
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
    const layer = {
      mediaType,
      size: packed.length,
      digest: digestOf(packed),
      diffId: plainDiffId(digestOf(archive)),
    };
    const plain = new PlainLayer(layer);
    for await (const piece of plain.over(chunks)) void piece;
    return plain;
  }

  it('is taken apart', async () => {
    const files = await filesIn(await read(packed.subarray(0, 20), packed.subarray(20)));
    expect(files?.map(({ path }) => path)).to.deep.equal(['a']);
  });

  const broken: Readonly<Record<string, Buffer[]>> = {
    'is cut off': [packed.subarray(0, -10)],
    'is damaged': [Buffer.concat([packed.subarray(0, 12), Buffer.alloc(30, 0xff)])],
    'is none': [Buffer.from('no gzip'), Buffer.from('at all')],
  };
  for (const [what, chunks] of Object.entries(broken))
    it(`fails where it ${what}, and does not wait`, async () => {
      let failed: unknown;
      await read(...chunks).catch((error: unknown) => (failed = error));
      expect(failed).to.be.an('error');
    });

  it('ends with the gzip where zeros follow it', async () => {
    const plain = await read(Buffer.concat([packed, Buffer.alloc(20)]), Buffer.alloc(100_000));
    expect(await filesIn(plain)).to.have.length(1);
  });
});

async function filesIn(plain: PlainLayer): Promise<readonly IndexedFile[] | undefined> {
  const record = await plain.index();
  return record && (await readRecord(record))?.files;
}
