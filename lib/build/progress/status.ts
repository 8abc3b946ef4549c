import { printable, printableLine } from '../../text/printable.js';
import { field, messages, repeated } from '../session/message.js';

/** What has happened in a build since the last message (BuildKit's `moby.buildkit.v1.StatusResponse`). */
export interface SolveStatus {
  vertexes: Vertex[];
  statuses: VertexStatus[];
  logs: VertexLog[];
  warnings: VertexWarning[];
}

/** A step of the build. */
export interface Vertex {
  digest: string;
  /** Such as `[stage-1 2/3] RUN make`. */
  name: string;
  cached: boolean;
  started: Timestamp | null;
  completed: Timestamp | null;
  error: string;
}

/** How far something inside a step is, such as a layer that is pulled. */
export interface VertexStatus {
  ID: string;
  vertex: string;
  name: string;
  current: number;
  total: number;
  completed: Timestamp | null;
}

export interface VertexLog {
  vertex: string;
  msg: Buffer;
}

export interface VertexWarning {
  vertex: string;
  short: Buffer;
  url: string;
  ranges: { start: { line: number } | null }[];
}

export interface Timestamp {
  seconds: number;
  nanos: number;
}

/**
 * Decodes a status message. All its texts are made printable, except the output of steps (`msg`), which keeps its
 * control characters for now.
 */
export function decodeStatus(bytes: Buffer): SolveStatus {
  const status = decode<SolveStatus>('StatusResponse', bytes);
  for (const vertex of status.vertexes) {
    vertex.name = printable(vertex.name);
    vertex.error = printable(vertex.error);
  }
  for (const part of status.statuses) part.ID = printableLine(part.ID);
  return status;
}

export function milliseconds({ seconds, nanos }: Timestamp): number {
  return seconds * 1000 + nanos / 1e6;
}

const { decode } = messages({
  StatusResponse: {
    fields: {
      vertexes: repeated('Vertex', 1),
      statuses: repeated('VertexStatus', 2),
      logs: repeated('VertexLog', 3),
      warnings: repeated('VertexWarning', 4),
    },
  },
  Vertex: {
    fields: {
      digest: field('string', 1),
      name: field('string', 3),
      cached: field('bool', 4),
      started: field('Timestamp', 5),
      completed: field('Timestamp', 6),
      error: field('string', 7),
    },
  },
  VertexStatus: {
    fields: {
      ID: field('string', 1),
      vertex: field('string', 2),
      name: field('string', 3),
      current: field('int64', 4),
      total: field('int64', 5),
      completed: field('Timestamp', 8),
    },
  },
  VertexLog: { fields: { vertex: field('string', 1), msg: field('bytes', 4) } },
  VertexWarning: {
    fields: {
      vertex: field('string', 1),
      short: field('bytes', 3),
      url: field('string', 5),
      ranges: repeated('Range', 7),
    },
  },
  Range: { fields: { start: field('Position', 1) } },
  Position: { fields: { line: field('int32', 1) } },
  Timestamp: { fields: { seconds: field('int64', 1), nanos: field('int32', 2) } },
});
