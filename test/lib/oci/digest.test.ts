import { expect } from 'chai';
import { blobPath, chainIds, digestOf, isDigest, plainDigest } from '../../../lib/oci/digest.js';
import { diffId, imageId } from './ids.js';

describe('what names files, layers and images', () => {
  it('keeps names of different things apart', () => {
    // Each line is a type error, which the type check proves.
    // @ts-expect-error a diff ID is no digest
    expect(blobPath(diffId('layer'))).to.be.a('string');
    // @ts-expect-error an image's ID is no digest
    expect(blobPath(imageId('image'))).to.be.a('string');
    // @ts-expect-error a digest is no diff ID
    expect(chainIds([digestOf('layer')])).to.have.length(1);
    expect(blobPath(plainDigest(diffId('layer')))).to.match(/^blobs\/sha256\/[0-9a-f]{64}$/);
  });

  it('is what the image specification allows', () => {
    expect(isDigest(digestOf(''))).to.equal(true);
    for (const value of ['', 'sha256:', 'sha256:../../etc', `sha256:${'A'.repeat(64)}`, 5, null])
      expect(isDigest(value), String(value)).to.equal(false);
  });

  it('chains layers as the image specification does', () => {
    const [below, above] = [diffId('below'), diffId('above')];
    expect(chainIds([below, above])).to.deep.equal([below, digestOf(`${below} ${above}`)]);
  });
});
