import type { Means } from '../engine/means.js';

export interface RunMeans extends Means {
  /** What the container is connected to. */
  streams: RunStreams;
}

export interface RunStreams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}
