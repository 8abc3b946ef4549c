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
  /**
   * Called when the connection to a container that runs is lost. Where it is given, the run waits for the engine, and goes
   * on with what the container writes from then on; else it fails.
   */
  onLoss?: () => void;
  /**
   * Asked when the container has ended by itself, and nothing has asked for the end of the run: whether it is started
   * again, or replaced by a new one of the same plan.
   *
   * @param signal aborted by what ends the run
   */
  next?: (exitStatus: number, signal: AbortSignal) => Promise<'again' | 'replaced' | undefined>;
}

export interface RunStreams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}
