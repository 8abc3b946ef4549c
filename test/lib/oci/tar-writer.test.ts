import { execFileSync, spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { TAR_END, tarFile, tarHeader } from '../../../lib/oci/tar-writer.js';

describe('the archive format', () => {
  it('is read by tar', () => {
    const archive = Buffer.concat([
      tarFile('one', Buffer.from('1')),
      tarFile('two/2', Buffer.alloc(1024, 'x')),
      TAR_END,
    ]);
    expect(execFileSync('tar', ['tf', '-'], { input: archive }).toString()).to.equal('one\ntwo/2\n');
    expect(execFileSync('tar', ['xOf', '-', 'two/2'], { input: archive }).toString()).to.equal(
      'x'.repeat(1024),
    );
  });

  for (const size of [0, 511, 8 ** 11 - 1, 8 ** 11, 8 ** 11 + 12345, 2 ** 45]) {
    it(`holds a size of ${size} bytes`, () => {
      // The file itself is not there, of which tar complains.
      const listed = spawnSync('tar', ['tvf', '-'], { input: tarHeader('blob', size) }).stdout;
      expect(listed.toString()).to.match(new RegExp(` ${size} .* blob`));
    });
  }
});
