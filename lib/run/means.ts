import type { Container } from '../engine/containers/container.js';
import type { Means } from '../engine/means.js';

export interface RunMeans extends Means {
  /** What the container is connected to. */
  streams: RunStreams;
  /**
   * Done between the creation of the container and its start: what it needs before that. Where it fails, the container
   * is removed, and the run fails by the same error.
   *
   * @param signal aborted where the container shall not be started any more
   */
  prepare?: (container: Container, signal: AbortSignal) => Promise<void>;
}

export interface RunStreams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}
