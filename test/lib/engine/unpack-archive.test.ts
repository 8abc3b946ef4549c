import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { pack } from 'tar-stream';
import { unpackArchive } from '../../../lib/engine/unpack-archive.js';

const WHOLE = await (async () => {
  const tar = pack();
  tar.entry({ name: 'a' }, 'x'.repeat(100_000));
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
})();

describe('an archive that an engine has built', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'unpack-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const failure = (archive: Readable, to = folder) =>
    unpackArchive(archive, to, 'out').then(
      () => expect.fail('it was unpacked'),
      (error: Error) => `${error.name}: ${error.message}`,
    );

  it('is unpacked', async () => {
    await unpackArchive(Readable.from([WHOLE]), folder, 'out');
    expect(readFileSync(join(folder, 'a'), 'latin1')).to.have.length(100_000);
  });

  for (const [what, bytes] of Object.entries({
    'that is none': Buffer.alloc(2_000, 'A'),
    'that ends within a file': WHOLE.subarray(0, 50_000),
    'that ends within a header': WHOLE.subarray(0, 300),
  }))
    it(`${what} is told in a sentence`, async () => {
      expect(await failure(Readable.from([bytes]))).to.match(/^UserError: out is not written: .*\)\.$/);
    });

  it('that breaks off fails with what broke it off', async () => {
    const archive = new PassThrough();
    archive.write(WHOLE.subarray(0, 50_000), () => archive.destroy(new Error('the link is gone')));
    expect(await failure(archive)).to.equal('Error: the link is gone');
  });

  it('for which there is no folder is told in a sentence', async () => {
    expect(await failure(Readable.from([WHOLE]), '/dev/null/x')).to.match(
      /^UserError: out cannot be written \(ENOTDIR\)/,
    );
  });
});
