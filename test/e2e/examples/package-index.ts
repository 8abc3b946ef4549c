import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BedEngine } from '../../bed/index.js';
import type { Wheel } from './wheel.js';

/** A Python package index (PEP 503) that containers and builds of an engine reach. */
export interface PackageIndex {
  /** The variables that lead pip to it and nowhere else. */
  env: { PIP_INDEX_URL: string; PIP_TRUSTED_HOST: string };
  /** Projects that it was asked for. */
  asked: Set<string>;
  close(): Promise<void>;
}

interface Served {
  bytes: Buffer;
  /** For `Content-Type`. */
  type?: string;
}

/** Serves files at the address that this machine has in the engine's network. */
export async function serveFiles(
  engine: BedEngine,
  fileOf: (path: string) => Served | undefined,
): Promise<{ url: string; host: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const file = fileOf(decodeURIComponent(request.url ?? ''));
    if (!file) return response.writeHead(404).end();
    if (file.type !== undefined) response.setHeader('Content-Type', file.type);
    response.end(file.bytes);
  }).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = await gatewayOf(engine);
  return {
    ...{ url: `http://${host}:${port}`, host },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Serves wheels at the address that this machine has in the engine's network. */
export async function servePackages(engine: BedEngine, wheels: readonly Wheel[]): Promise<PackageIndex> {
  const asked = new Set<string>();
  const { url, host, close } = await serveFiles(engine, (path) => {
    const [, folder, name = ''] = path.split('/');
    const file = wheels.find(({ fileName }) => folder === 'files' && fileName === name);
    if (file) return file;
    asked.add(name);
    const links = wheels.filter(({ project }) => folder === 'simple' && project === name);
    if (links.length === 0) return undefined;
    const anchors = links.map(
      ({ fileName }) => `<a href="/files/${encodeURIComponent(fileName)}">${fileName}</a>`,
    );
    return { bytes: Buffer.from(anchors.join('\n')), type: 'text/html' };
  });
  return { env: { PIP_INDEX_URL: `${url}/simple`, PIP_TRUSTED_HOST: host }, asked, close };
}

async function gatewayOf({ docker }: BedEngine): Promise<string> {
  const { IPAM } = await docker.getNetwork('bridge').inspect();
  return IPAM!.Config![0]!.Gateway!;
}
