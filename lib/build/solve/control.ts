import { wrongAnswer } from '../../engine/client/errors.js';
import { waitedFor } from '../../engine/client/waited-for.js';
import type { Engine } from '../../engine/types.js';
import { decodeStatus, type SolveStatus } from '../progress/status.js';
import { type BuildKitChannel, CONTROL } from '../session/channel.js';
import { GrpcError } from '../session/grpc-call.js';
import type { GrpcClient } from '../session/grpc-client.js';
import { byText, field, messages, repeated, texts } from '../session/message.js';

/** A build as BuildKit is asked for it (`moby.buildkit.v1.SolveRequest`). */
export interface SolveRequest {
  /** Names the build, so that its status can be asked for. */
  ref: string;
  session: string;
  frontend: string;
  frontendAttrs: Readonly<Record<string, string>>;
  exporter: string;
  exporterAttrs: Readonly<Record<string, string>>;
  cache: { exports: readonly { type: string; attrs: Readonly<Record<string, string>> }[] };
  entitlements: readonly string[];
}

/** The calls of BuildKit's control service that a build takes. */
export class Control {
  readonly #client: GrpcClient;
  readonly #engine: Engine;

  constructor({ control }: BuildKitChannel, engine: Engine) {
    this.#client = control;
    this.#engine = engine;
  }

  /**
   * Builds, until the signal comes.
   * @returns what is known of the result, such as `containerimage.digest`
   * @throws {GrpcError} that says why the build failed
   */
  async solve(request: SolveRequest, signal?: AbortSignal): Promise<Record<string, string>> {
    let result: SolveResponse = { exporterResponse: {} };
    const bytes = encode('SolveRequest', request);
    const read = (message: Buffer) => decode<SolveResponse>('SolveResponse', message);
    for await (const response of this.#call(`${CONTROL}/Solve`, bytes, read, signal)) result = response;
    return result.exporterResponse;
  }

  /** What happens in a build, until it has ended. Until it begins the user is told of long silence, then of its steps. */
  async *status(ref: string): AsyncGenerator<SolveStatus> {
    const waiting = this.#engine.client.waiting(waitedFor('POST /build'));
    try {
      for await (const status of this.#call(
        `${CONTROL}/Status`,
        encode('StatusRequest', { ref }),
        decodeStatus,
      )) {
        waiting.end();
        yield status;
      }
    } finally {
      waiting.end();
    }
  }

  /**
   * What was attested of a finished build, in the engine's own records, by the platforms that it was built for; the key is
   * empty where it was asked for none.
   * @throws {GrpcError} `unimplemented` where the engine keeps none
   */
  async attested(ref: string, signal: AbortSignal): Promise<Map<string, Attested[]>> {
    const found = new Map<string, Attested[]>();
    const bytes = encode('BuildHistoryRequest', { ref, earlyExit: true });
    const read = (message: Buffer) => decode<BuildHistoryEvent>('BuildHistoryEvent', message);
    for await (const { record } of this.#call(`${CONTROL}/ListenBuildHistory`, bytes, read, signal)) {
      const results = record?.result ? { '': record.result } : (record?.results ?? {});
      for (const [platform, { attestations }] of Object.entries(results)) found.set(platform, attestations);
    }
    return found;
  }

  /** A blob of the engine's content store. */
  async blob(digest: string, signal: AbortSignal): Promise<Buffer> {
    const pieces: Buffer[] = [];
    const bytes = encode('ReadContentRequest', { digest });
    const read = (message: Buffer) => decode<{ data: Buffer }>('ReadContentResponse', message).data;
    for await (const piece of this.#call(READ_CONTENT, bytes, read, signal)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** What the engine's only worker says of itself, such as its snapshotter. */
  async workerLabels(): Promise<Record<string, string>> {
    const labels: Record<string, string> = {};
    const read = (message: Buffer) => decode<Workers>('ListWorkersResponse', message);
    for await (const { record } of this.#call(`${CONTROL}/ListWorkers`, Buffer.alloc(0), read))
      for (const worker of record) Object.assign(labels, worker.labels);
    return labels;
  }

  /** @throws {GrpcError} as the client does, and `ENGINE_ANSWER` for what cannot be read */
  async *#call<T>(
    method: string,
    bytes: Buffer,
    read: (message: Buffer) => T,
    signal?: AbortSignal,
  ): AsyncGenerator<T> {
    try {
      for await (const message of this.#client.call(method, bytes, signal)) yield read(message);
    } catch (error) {
      if (error instanceof GrpcError || signal?.aborted) throw error;
      throw wrongAnswer(this.#engine.address, method, 'something that is no message of BuildKit');
    }
  }
}

const READ_CONTENT = '/containerd.services.content.v1.Content/Read';

/** The descriptor of something that says how an image was made. */
export interface Attested {
  mediaType: string;
  digest: string;
  annotations: Record<string, string>;
}

interface BuildHistoryEvent {
  record?: { result?: BuildResult; results?: Record<string, BuildResult> };
}

interface BuildResult {
  attestations: Attested[];
}

interface SolveResponse {
  exporterResponse: Record<string, string>;
}

interface Workers {
  record: { labels: Record<string, string> }[];
}

const { encode, decode } = messages({
  SolveRequest: {
    fields: {
      ref: field('string', 1),
      // Newer engines have a list of exporters, and still take this one, which is all that the older ones know.
      exporter: field('string', 3),
      exporterAttrs: texts(4),
      session: field('string', 5),
      frontend: field('string', 6),
      frontendAttrs: texts(7),
      cache: field('CacheOptions', 8),
      entitlements: repeated('string', 9),
    },
  },
  CacheOptions: { fields: { exports: repeated('CacheOptionsEntry', 4) } },
  CacheOptionsEntry: { fields: { type: field('string', 1), attrs: texts(2) } },
  SolveResponse: { fields: { exporterResponse: texts(1) } },
  BuildHistoryRequest: { fields: { ref: field('string', 2), earlyExit: field('bool', 3) } },
  BuildHistoryEvent: { fields: { record: field('BuildHistoryRecord', 2) } },
  BuildHistoryRecord: {
    fields: {
      result: field('BuildResultInfo', 10),
      results: byText('BuildResultInfo', 11),
    },
  },
  BuildResultInfo: { fields: { attestations: repeated('Descriptor', 2) } },
  Descriptor: {
    fields: { mediaType: field('string', 1), digest: field('string', 2), annotations: texts(5) },
  },
  // Of containerd's api/services/content/v1/content.proto.
  ReadContentRequest: { fields: { digest: field('string', 1) } },
  ReadContentResponse: { fields: { data: field('bytes', 2) } },
  StatusRequest: { fields: { ref: field('string', 1) } },
  ListWorkersResponse: { fields: { record: repeated('WorkerRecord', 1) } },
  WorkerRecord: { fields: { labels: texts(2) } },
});
