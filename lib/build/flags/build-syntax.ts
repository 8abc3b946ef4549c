import { readExtraHost } from '../../flags/addresses.js';
import { readCsv } from '../../flags/csv.js';
import { boolean, text, value } from '../../flags/flag-table.js';
import { int64 } from '../../flags/integer.js';
import { readLabel, readVariable } from '../../flags/key-value.js';
import type { FlagSyntax, GivenFlags } from '../../flags/parse-flags.js';
import { readSize, readSwapSize } from '../../flags/size.js';
import { readUlimit } from '../../flags/ulimit.js';
import { asReference } from '../../oci/reference.js';
import { readAnnotation } from './annotation.js';
import { readAttestation, readShorthand } from './attest.js';
import { readCacheSources, readCacheTarget } from './cache.js';
import { readEntitlement } from './entitlement.js';
import { readExport } from './export.js';
import { readNamedContext } from './named-context.js';
import { readSecret } from './secret.js';
import { readSsh } from './ssh.js';

const table = {
  'add-host': value(readExtraHost),
  allow: value(readEntitlement),
  annotation: value(readAnnotation),
  attest: value(readAttestation),
  'build-arg': value(readVariable),
  'build-context': value(readNamedContext),
  builder: text(),
  'cache-from': value(readCacheSources),
  'cache-to': value(readCacheTarget),
  call: text(),
  'cgroup-parent': text(),
  check: boolean(),
  compress: boolean(),
  'cpu-period': value(int64),
  'cpu-quota': value(int64),
  'cpu-shares': value(int64, 'c'),
  'cpuset-cpus': text(),
  'cpuset-mems': text(),
  debug: boolean('D'),
  'disable-content-trust': boolean(),
  file: text('f'),
  'force-rm': boolean(),
  iidfile: text(),
  isolation: text(),
  label: value(readLabel),
  load: boolean(),
  memory: value(readSize, 'm'),
  'memory-swap': value(readSwapSize),
  'metadata-file': text(),
  network: text(),
  'no-cache': boolean(),
  'no-cache-filter': text(),
  output: value(readExport, 'o'),
  platform: text(),
  progress: text(),
  provenance: value(readShorthand('provenance')),
  pull: boolean(),
  push: boolean(),
  quiet: boolean('q'),
  rm: boolean(),
  sbom: value(readShorthand('sbom')),
  secret: value(readSecret),
  'security-opt': value(readList),
  'shm-size': value(readSize),
  squash: boolean(),
  ssh: value(readSsh),
  tag: value(asReference, 't'),
  target: text(),
  ulimit: value(readUlimit),
} as const;

export type BuildFlagTable = typeof table;
/** The flags of one `docker build`. */
export type GivenBuildFlags = GivenFlags<BuildFlagTable>;

/** Every flag of `docker build`, those of its BuildKit form (buildx) too. */
export const buildSyntax: FlagSyntax<BuildFlagTable> = { flags: table, interspersed: true };

function readList(text: string): string[] {
  return text === '' ? [] : readCsv(text);
}
