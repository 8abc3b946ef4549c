import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeIdFile, writeResultFiles } from '../../../lib/build/result-files.js';
import { UserError } from '../../../lib/text/user-error.js';

describe('the files that tell of an image that was built', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'result-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('hold what buildx 0.29 writes for the same answer of the engine', () => {
    const [iidFile, metadataFile] = [join(folder, 'id'), join(folder, 'metadata')];
    const descriptor = {
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      digest: 'sha256:a0ed',
      size: 690,
    };
    const told = {
      'image.name': 'docker.io/library/x:1,docker.io/library/x:other',
      'containerimage.digest': 'sha256:a0ed',
      'containerimage.descriptor': Buffer.from(JSON.stringify(descriptor)).toString('base64'),
      'containerimage.config.digest': 'sha256:0d4d',
      'cache.manifest': 'sha256:cace',
    };
    writeResultFiles({ iidFile, metadataFile }, told);
    expect(readFileSync(iidFile, 'utf8')).to.equal('sha256:0d4d');
    const text = JSON.stringify(
      {
        'containerimage.config.digest': 'sha256:0d4d',
        'containerimage.descriptor': descriptor,
        'containerimage.digest': 'sha256:a0ed',
        'image.name': told['image.name'],
      },
      null,
      2,
    );
    expect(readFileSync(metadataFile, 'utf8')).to.equal(text);
    writeResultFiles({ iidFile }, { 'containerimage.digest': 'sha256:16e8' });
    expect(readFileSync(iidFile, 'utf8')).to.equal('sha256:16e8');
    removeIdFile({ iidFile });
    expect(() => readFileSync(iidFile)).to.throw();
  });

  it('say where they cannot be written', () => {
    const iidFile = join(folder, 'none', 'id');
    expect(() => writeResultFiles({ iidFile }, { 'containerimage.digest': 'sha256:16e8' })).to.throw(
      UserError,
      /none[/\\]id, .* cannot be written \(ENOENT\): make its folder/,
    );
  });
});
