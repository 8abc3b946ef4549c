import type Docker from 'dockerode';

import type { EngineFacts } from './types.js';

/** Lowest API version with everything that is asked of an engine here: Docker 20.10. */
export const MINIMUM_API_VERSION = '1.41';

/** Asks an engine what it is (GET /version and /info). */
export async function readFacts(docker: Docker): Promise<EngineFacts> {
  // One after the other: a second connection over ssh takes longer than both.
  const version = (await docker.version()) as VersionAnswer;
  const info = (await docker.info()) as InfoAnswer;
  const docked = version.Components?.some(({ Name }) => Name === 'Engine') ?? false;
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    os: version.Os,
    arch: version.Arch,
    buildkit: docked && version.Os === 'linux' && compareVersions(version.ApiVersion, '1.39') >= 0,
    store: isContainerdStore(info) ? 'containerd' : 'graphdriver',
    runtimes: Object.keys(info.Runtimes ?? {}).sort(),
    rootless: info.SecurityOptions?.includes('name=rootless') ?? false,
  };
}

/** Compares dotted numbers such as `1.9` and `1.41`: negative, zero or positive. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let i = 0; i < Math.max(left!.length, right!.length); i++) {
    const difference = (left![i] ?? 0) - (right![i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

interface VersionAnswer {
  Version: string;
  ApiVersion: string;
  Os: string;
  Arch: string;
  Components?: { Name: string }[];
}

interface InfoAnswer {
  DriverStatus?: [string, string][] | null;
  Runtimes?: Record<string, unknown>;
  SecurityOptions?: string[] | null;
}

function isContainerdStore({ DriverStatus }: InfoAnswer): boolean {
  return DriverStatus?.some(([, value]) => value === 'io.containerd.snapshotter.v1') ?? false;
}
