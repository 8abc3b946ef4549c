import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { pack } from 'tar-stream';
import { listing } from './records.js';

describe('the index of a layer', () => {
  it('has a hash, and never the content, of however small a file', async () => {
    const archive = pack();
    archive.entry({ name: 'run/token' }, 'hunter2');
    archive.entry({ name: 'run/nothing' }, '');
    archive.finalize();
    const { scanner, index: read } = listing();
    scanner.push(Buffer.from(await text(archive)));
    scanner.end();

    const index = read();
    const hash = createHash('sha256').update('hunter2').digest('base64');
    expect(index.files).to.deep.equal([{ path: 'run/token', size: 7, blocks: [hash] }]);
    expect(index.others).to.deep.equal(['run/nothing']);
    for (const form of ['utf8', 'base64', 'hex'] as const)
      expect(JSON.stringify(index)).to.not.contain(Buffer.from('hunter2').toString(form).replace(/=+$/, ''));
  });
});
