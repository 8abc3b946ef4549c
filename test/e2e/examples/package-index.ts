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

/** Serves wheels at the address that this machine has in the engine's network. */
export async function servePackages(engine: BedEngine, wheels: readonly Wheel[]): Promise<PackageIndex> {
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    const [, folder, name = ''] = (request.url ?? '').split('/');
    const file = wheels.find(({ fileName }) => folder === 'files' && fileName === decodeURIComponent(name));
    if (file) return response.end(file.bytes);
    asked.add(name);
    const links = wheels.filter(({ project }) => folder === 'simple' && project === name);
    if (links.length === 0) return response.writeHead(404).end();
    response.setHeader('Content-Type', 'text/html');
    response.end(
      links
        .map(({ fileName }) => `<a href="/files/${encodeURIComponent(fileName)}">${fileName}</a>`)
        .join('\n'),
    );
  }).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const gateway = await gatewayOf(engine);
  return {
    env: { PIP_INDEX_URL: `http://${gateway}:${port}/simple`, PIP_TRUSTED_HOST: gateway },
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function gatewayOf({ docker }: BedEngine): Promise<string> {
  const { IPAM } = await docker.getNetwork('bridge').inspect();
  return IPAM!.Config![0]!.Gateway!;
}
