import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { assembleLayer, FolderContents } from '../../../../lib/transfer/stores/assemble-layer.js';
import { splitEntries, splitSummary } from '../../../../lib/transfer/stores/tar-split.js';
import { layerArchive, type Member } from '../contents/layer-archives.js';

const file = (path: string, content: Buffer | string): Member => ({
  path,
  type: '0',
  content: Buffer.from(content),
});

/** What tar-split writes of an archive with these members. */
function splitOf(members: readonly Member[]): Buffer {
  const archive = layerArchive(members);
  const lines: object[] = [];
  let at = 0;
  const segment = (end: number) => {
    lines.push({ type: 2, payload: archive.toString('base64', at, end) });
    at = end;
  };
  for (const { path, content = Buffer.alloc(0) } of members) {
    const name = /[^ -~]/.test(path)
      ? { name_raw: Buffer.from(path, 'latin1').toString('base64') }
      : { name: path };
    if (content.length > 0) segment(archive.indexOf(content, at));
    lines.push({ type: 1, ...name, ...(content.length > 0 && { size: content.length }), payload: 'AAAA' });
    at += content.length;
  }
  segment(archive.length);
  return gzipSync(lines.map((line, position) => JSON.stringify({ ...line, position })).join('\n'));
}

/** The folder with the files, as an engine gives it away, in pieces of odd sizes. */
async function* folderOf(members: readonly Member[]): AsyncGenerator<Buffer> {
  const below = members.map((member) => ({ ...member, path: `0/${member.path}` }));
  const archive = layerArchive([{ path: '0/', type: '5' }, ...below]);
  for (let at = 0; at < archive.length;) {
    const end = at + 1 + ((at * 7919) % 70_001);
    yield await Promise.resolve(archive.subarray(at, end));
    at = end;
  }
}

async function assembled(layer: readonly Member[], stored: readonly Member[] = layer): Promise<Buffer> {
  return buffer(assembleLayer(splitEntries(splitOf(layer)), new FolderContents(folderOf(stored))));
}

async function refusal(layer: readonly Member[], stored: readonly Member[]): Promise<string> {
  return assembled(layer, stored).then(
    () => 'none',
    (error: Error) => error.message,
  );
}

describe('a layer that is put together from what an engine stores', () => {
  const layer: Member[] = [
    { path: 'etc/', type: '5' },
    file('etc/empty', ''),
    file('etc/small', 'one'),
    { path: 'etc/link', type: '2', link: 'small' },
    file(`etc/${'long'.repeat(40)}`, 'two'),
    file('etc/\xff\xfe', 'three'),
    file('large', Buffer.alloc(300_000, 'large')),
    { path: 'same', type: '1', link: 'large' },
    file('last', 'four'),
  ];

  it('is the archive that came, whatever is in it', async () => {
    expect(Buffer.compare(await assembled(layer), layerArchive(layer))).to.equal(0);
    const { size, files } = await splitSummary(splitOf(layer));
    expect(size).to.equal(layerArchive(layer).length);
    const withContent = layer.filter(({ content }) => content && content.length > 0);
    expect(files.map(({ path }) => path)).to.deep.equal(withContent.map(({ path }) => path));
  });

  it('may have its files in another order there', async () => {
    expect(Buffer.compare(await assembled(layer, layer.toReversed()), layerArchive(layer))).to.equal(0);
  });

  it('is refused where more would have to be held than memory should', async () => {
    const large = Array.from({ length: 40 }, (_, i) => file(`file${i}`, Buffer.alloc(2 ** 20, i + 1)));
    expect(await refusal(large, large.toReversed())).to.match(/its files stand in another order there/);
  });

  it('is refused where a file is not there, or another', async () => {
    expect(await refusal(layer, layer.slice(0, -1))).to.match(
      /last is shorter than the layer has it, or not there/,
    );
    const longer = layer.map((member) => (member.path === 'last' ? file('last', 'four and five') : member));
    expect(await refusal(layer, longer)).to.match(/last is longer than the layer has it/);
    const shorter = layer.map((member) => (member.path === 'large' ? file('large', 'small') : member));
    expect(await refusal(layer, shorter)).to.match(/large is shorter than the layer has it/);
  });
});
