import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { command } from './command.js';
import { removeFolder } from './remove-folder.js';

/** The `config` object of an image: what containers of it start with. */
export interface ImageConfig {
  Cmd: string[];
  Env: string[];
  User?: string;
  ExposedPorts?: Record<string, object>;
}

export interface ImageArchive {
  /** Path of the archive to write. */
  archive: string;
  /** Such as `busybox:latest`. */
  reference: string;
  /** Folder that becomes the image's only layer. */
  root: string;
  config: ImageConfig;
}

/**
 * Writes an image of one layer in the layout that every engine loads, on both stores: an OCI layout with a
 * `manifest.json` beside it. The same folder always gives the same image ID: no time of day is in it.
 */
export async function writeImageArchive({ archive, reference, root, config }: ImageArchive): Promise<void> {
  const folder = `${archive}.partial`;
  await removeFolder(folder);
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });

  const layerFile = join(folder, 'layer');
  const exact = ['--sort=name', '--mtime=@0', '--numeric-owner', '--format=posix'];
  const noTimes = '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime';
  await command(['tar', ...exact, noTimes, '-C', root, '-cf', layerFile, '.'], { timeout: 300_000 });
  const layer = { digest: await digestOf(layerFile), size: (await stat(layerFile)).size };
  await rename(layerFile, join(blobs, layer.digest));

  const write = async (value: object) => {
    const text = JSON.stringify(value);
    const digest = createHash('sha256').update(text).digest('hex');
    await writeFile(join(blobs, digest), text);
    return { digest, size: Buffer.byteLength(text) };
  };
  const imageConfig = await write({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: '2020-01-01T00:00:00Z',
    config,
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer.digest}`] },
    history: [{ created: '2020-01-01T00:00:00Z', created_by: 'gulp-dockerutils test bed' }],
  });
  const type = (kind: string) => `application/vnd.oci.image.${kind}`;
  const manifest = await write({
    schemaVersion: 2,
    mediaType: type('manifest.v1+json'),
    config: { mediaType: type('config.v1+json'), ...sha256(imageConfig) },
    layers: [{ mediaType: type('layer.v1.tar'), ...sha256(layer) }],
  });
  const name = { 'io.containerd.image.name': `docker.io/library/${reference}` };
  const files = {
    'oci-layout': { imageLayoutVersion: '1.0.0' },
    'index.json': {
      schemaVersion: 2,
      mediaType: type('index.v1+json'),
      manifests: [{ mediaType: type('manifest.v1+json'), ...sha256(manifest), annotations: name }],
    },
    'manifest.json': [
      {
        Config: `blobs/sha256/${imageConfig.digest}`,
        RepoTags: [reference],
        Layers: [`blobs/sha256/${layer.digest}`],
      },
    ],
  };
  for (const [path, value] of Object.entries(files))
    await writeFile(join(folder, path), JSON.stringify(value));

  const partial = `${archive}.partial.tar`;
  await mkdir(dirname(archive), { recursive: true });
  await command(['tar', '--format=ustar', '-C', folder, '-cf', partial, ...Object.keys(files), 'blobs'], {
    timeout: 300_000,
  });
  await removeFolder(folder);
  await rename(partial, archive);
}

const sha256 = ({ digest, size }: { digest: string; size: number }) => ({ digest: `sha256:${digest}`, size });

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
