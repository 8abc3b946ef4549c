import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { type Header, pack } from 'tar-stream';
import { filesOfTar, type TarFile, UnsafePath } from '../../../lib/oci/tar-files.js';

describe('the files of a tar archive', () => {
  function archive(...headers: (Partial<Header> & { name: string; content?: string })[]): PassThrough {
    const tar = pack();
    for (const { content = '', ...header } of headers) tar.entry(header, content);
    tar.finalize();
    return tar.pipe(new PassThrough());
  }

  async function read(
    tar: PassThrough,
  ): Promise<(Omit<TarFile, 'content' | 'modified'> & { text: string })[]> {
    const found = [];
    for await (const { content, modified: _, ...file } of filesOfTar(tar))
      found.push({ ...file, text: (await buffer(content)).toString() });
    return found;
  }

  it('are told by kind, with clean paths, and rights without those of somebody else', async () => {
    const found = await read(
      archive(
        { name: './', type: 'directory', mode: 0o755 },
        { name: './a//b', mode: 0o4755, content: 'text' },
        { name: 'a/c', type: 'symlink', linkname: '../../etc' },
        { name: 'a/d', type: 'link', linkname: './a/b' },
        { name: 'a/e', type: 'fifo' },
      ),
    );
    expect(found.map(({ kind, path, target, text }) => [kind, path, target, text])).to.eql([
      ['folder', '', '', ''],
      ['file', 'a/b', '', 'text'],
      ['link', 'a/c', '../../etc', ''],
      ['hard link', 'a/d', 'a/b', ''],
      ['other', 'a/e', '', ''],
    ]);
    expect(found[1]!.mode).to.equal(0o755);
  });

  it('of which the names are not UTF-8 are told as what cannot be had', async () => {
    const tar = archive({ name: 'caf?', content: 'text' }, { name: 'a', type: 'symlink', linkname: 'caf?' });
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    for (let at = bytes.indexOf('caf?'); at !== -1; at = bytes.indexOf('caf?')) {
      bytes[at + 3] = 0xe9;
      // The sum of its header has grown by as much as the byte.
      const header = at - (at % 512);
      const sum = parseInt(bytes.toString('latin1', header + 148, header + 154), 8) + 0xe9 - 0x3f;
      bytes.write(sum.toString(8).padStart(6, '0'), header + 148);
    }
    const found = await read(new PassThrough().end(bytes));
    expect(found.map(({ kind }) => kind)).to.eql(['other', 'other']);
  });

  it('come without what the reader did not read', async () => {
    const names = [];
    const large = 'x'.repeat(300_000);
    const tar = archive({ name: 'a', content: large }, { name: 'b', content: large });
    for await (const { path } of filesOfTar(tar)) names.push(path);
    expect(names).to.eql(['a', 'b']);
  });

  for (const header of [
    { name: '../a' },
    { name: 'a/../../b' },
    { name: '..' },
    { name: 'a', type: 'link' as const, linkname: '../b' },
  ])
    it(`are refused where they lead out: ${JSON.stringify(header)}`, async () => {
      const refused = await read(archive(header)).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(UnsafePath);
    });

  it('of an absolute name are in the archive, and no others', async () => {
    expect((await read(archive({ name: '/etc/passwd' }))).map(({ path }) => path)).to.eql(['etc/passwd']);
  });
});
