import type { ImageState, StoredImage } from '../lib/overview/index.js';
import type { UserError } from '../lib/text/user-error.js';

/** Something that is wrong, as `--json` tells it. */
export interface JsonFailure {
  /** The code of the `UserError`. */
  code: string;
  message: string;
}

/** What `gulp-dockerutils --json` prints: the tasks of the project. */
export interface TasksJson {
  tasks: TaskJson[];
}

export interface TaskJson {
  /** `build:app` */
  name: string;
  description: string;
  flags: TaskFlagJson[];
}

export interface TaskFlagJson {
  /** `--tag` */
  flag: string;
  /** What stands for its value, where it has one. */
  value?: string;
  description: string;
}

/** What `images --json` prints. */
export interface ImagesJson {
  images: ImageJson[];
  /** Sentences: sections that are wrong, hosts that cannot be reached. */
  problems: string[];
}

/** An image of the project, a builder stage of one, or a synthetic image. */
export interface ImageJson {
  /** Its name in the project; of a builder stage that of its image. */
  name: string;
  role: 'image' | 'builder' | 'synthetic';
  /** `repository:tag` */
  reference: string;
  tag: string;
  /** Here, and on every host where it belongs. */
  places: ImagePlaceJson[];
}

export interface ImagePlaceJson {
  /** `here`, the own engine's address where it is remote, a host as it is named, or `swarm: node-3`, a node. */
  place: string;
  state: ImageState;
  /** Bytes, as the engine counts them; this and what follows where the image is there. */
  size?: number;
  /** When it was built, in ISO 8601, where the image says so. */
  created?: string;
  /** The version that it is labelled with. */
  version?: string;
}

/** What `ps --json` prints: what runs, and services that have ended and are still there. */
export interface PsJson {
  containers: RunningJson[];
}

export interface RunningJson {
  /** The section that it runs. */
  image: string;
  container: string;
  id: string;
  /** `here`, the address of the engine where that is remote, or a host as `--host` has it. */
  place: string;
  /** `service` runs by itself, `beside` beside a run, `left` was beside one that was killed, `run` is a run. */
  role: 'service' | 'beside' | 'left' | 'run';
  /** In words: `ready (port 5432)`, `not ready (port 5432)`, `running`, `exited`. */
  state: string;
  /** Absent where nothing says when it would be. */
  ready?: boolean;
  /** When it was started, in ISO 8601. */
  started?: string;
  /** Published ones: `127.0.0.1:5432->5432/tcp`. */
  ports: string[];
}

/** What `graph --json` prints. */
export interface GraphJson {
  /** In the order in which they are built. */
  images: GraphImageJson[];
  /** Sentences about sections and Dockerfiles that are wrong. */
  problems: string[];
}

export interface GraphImageJson {
  name: string;
  /** `repository:tag`, unless its section is wrong. */
  reference?: string;
  /** Names of the images that its Dockerfile is built from. */
  needs: string[];
  /** Name of its builder stage, where it has one. */
  builder?: string;
  /** Whether it is built; absent where there is no engine to ask. */
  built?: boolean;
  /** Bytes, where it is built. */
  size?: number;
  /** When it was built, in ISO 8601, where the image says so. */
  created?: string;
}

/** What `config --json` prints. */
export interface ConfigJson {
  values: ConfigValueJson[];
  /** Sentences about sections that are wrong. */
  problems: string[];
}

export interface ConfigValueJson {
  section: string;
  key: string;
  /** As run.cfg could have it; secrets are `***`. */
  value: string;
  /** Where it comes from: `docker/run.cfg:12`. */
  from: string;
}

/** What `doctor --json` prints. */
export interface DoctorJson {
  /** Whether nothing is wrong. */
  right: boolean;
  chapters: readonly DoctorChapterJson[];
}

export interface DoctorChapterJson {
  /** `Engine` */
  title: string;
  findings: readonly DoctorFindingJson[];
}

export interface DoctorFindingJson {
  state: 'right' | 'doubtful' | 'wrong';
  /** What was found, and what to do where it is not right. */
  text: string;
}

/** What `build --json` prints of each image. */
export type BuildJson = BuiltJson | ExportedJson | BuildFailedJson;

export interface BuiltJson {
  kind: 'build';
  /** Its name in the project. */
  image: string;
  ok: true;
  reference: string;
  /** The engine's ID of it. */
  id: string;
  /** Digest of the manifest, if the engine knows it. */
  digest?: string;
  tags: readonly string[];
  /** Bytes. */
  size: number;
  /** Steps that came from the cache, of all that could. */
  cached: { steps: number; of: number };
  /** What travelled to the engine: entries that were described, files that were sent, and their bytes. */
  sent: { entries: number; files: number; bytes: number };
  /** Milliseconds. */
  elapsed: number;
}

/** Of an image that `--output` writes to this machine. */
export interface ExportedJson {
  kind: 'build';
  image: string;
  ok: true;
  /** Absolute, of the folder or the tar archive. */
  path: string;
  /** Files of the folder. */
  files?: number;
  /** Of the files, or of the archive. */
  bytes: number;
  cached: BuiltJson['cached'];
  sent: BuiltJson['sent'];
  /** Milliseconds. */
  elapsed: number;
}

export interface BuildFailedJson {
  kind: 'build';
  image: string;
  ok: false;
  error: JsonFailure;
}

/** What `transfer --json` prints of each host. */
export type TransferJson = TransferredJson | TransferFailedJson;

export interface TransferredJson {
  kind: 'transfer';
  reference: string;
  /** Address of the engine that has it now. */
  host: string;
  ok: true;
  /** That engine's ID of the image. */
  id: string;
  layers: number;
  layersSent: number;
  /** How many of these were sent as deltas. */
  deltasSent: number;
  bytesSent: number;
  /** Bytes that came from another host instead. */
  bytesGiven: number;
  /** Milliseconds. */
  elapsed: number;
}

export interface TransferFailedJson {
  kind: 'transfer';
  reference: string;
  host: string;
  ok: false;
  error: JsonFailure;
}

/** What `publish --json` prints of each destination; one that fails ends the task. */
export interface PublishJson {
  kind: 'publish';
  ok: true;
  /** Reference of the local image. */
  source: string;
  /** Where it was published. */
  reference: string;
  /** Digest of the manifest, read back from the registry. */
  digest: string;
}

/** What an engine says of an image, as JSON has it. */
export function factsOf({ size, created, version }: StoredImage): {
  size: number;
  created?: string;
  version?: string;
} {
  return {
    size,
    ...(created && { created: created.toISOString() }),
    ...(version !== undefined && { version }),
  };
}

export function failureOf({ code, message }: UserError): JsonFailure {
  return { code, message };
}
