import type { Ulimit } from '../../flags/ulimit.js';
import type { Reference } from '../../oci/reference.js';
import type { Origin } from '../../text/word.js';
import type { Cache } from './cache.js';
import type { Export } from './export.js';

/** Parameters of POST /build; a list stands for a parameter that is repeated. */
export type BuildQuery = Readonly<Record<string, string | readonly string[]>>;

/** What `docker build` flags ask for. */
export interface BuildFlags {
  tags: readonly Reference[];
  /** Absolute path of the Dockerfile, where `-f` names one. */
  file?: string;
  /** Where that stands. */
  fileOrigin?: Origin;
  target?: string;
  /** Where the result is written, instead of into the engine's store. */
  export?: Export;
  /** Absolute path of the file that the image's ID is written to. */
  iidFile?: string;
  /** Absolute path of the file that is written what the engine tells of the image. */
  metadataFile?: string;
  /** Such as `linux/arm64`; none for the engine's own. */
  platforms: readonly string[];
  noCache: boolean;
  /** Stages that are built anew. */
  noCacheFilter: readonly string[];
  /** What instructions may do beyond the usual, such as `network.host`, where the engine grants it. */
  entitlements: readonly string[];
  /** Attributes that give what the engine keeps its annotations. */
  annotations: Readonly<Record<string, string>>;
  /** Attestations to make, by type (`provenance`, `sbom`), with the attributes that BuildKit gets for each. */
  attestations: Readonly<Record<string, string>>;
  pull: boolean;
  quiet: boolean;
  /** Null takes an argument of that name away. */
  buildArgs: Readonly<Record<string, string | null>>;
  labels: Readonly<Record<string, string>>;
  /** What names in the Dockerfile stand for: `docker-image://…`, an address, or the absolute path of a folder. */
  contexts: Readonly<Record<string, string>>;
  /** Where secrets come from, by their ids; files by their absolute paths. */
  secrets: ReadonlyMap<string, { file: string } | { env: string }>;
  /** Agent sockets or private keys (absolute paths) by their ids; no paths stand for SSH_AUTH_SOCK. */
  ssh: ReadonlyMap<string, readonly string[]>;
  cacheFrom: readonly Cache[];
  cacheTo: readonly Cache[];
  /** `name:address`. */
  extraHosts: readonly string[];
  network?: string;
  ulimits: readonly Ulimit[];
  /** Bytes. */
  shmSize?: number;
  cgroupParent?: string;
  /** Parameters for the classic builder alone. */
  classic: BuildQuery;
  progress?: 'auto' | 'none' | 'plain' | 'quiet' | 'rawjson' | 'tty';
}
