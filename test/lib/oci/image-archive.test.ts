import { expect } from 'chai';
import { plainLayer } from '../../../lib/oci/blob.js';
import { manifestFor } from '../../../lib/oci/image-archive.js';
import { diffId } from './ids.js';

describe('a manifest of our own', () => {
  for (const [docker, oci] of [
    ['application/vnd.docker.image.rootfs.diff.tar', 'application/vnd.oci.image.layer.v1.tar'],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'application/vnd.oci.image.layer.v1.tar+gzip'],
    ['application/vnd.oci.image.layer.v1.tar+zstd', 'application/vnd.oci.image.layer.v1.tar+zstd'],
  ] as const)
    it(`names by OCI's type what docker calls ${docker}: podman builds from no image with types of both`, () => {
      const layer = { ...plainLayer(diffId('a'), 1024), mediaType: docker };
      const { layers } = JSON.parse(manifestFor(Buffer.from('{}'), [layer]).toString()) as {
        layers: { mediaType: string }[];
      };
      expect(layers.map(({ mediaType }) => mediaType)).to.deep.equal([oci]);
    });
});
