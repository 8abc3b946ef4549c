import type { DeviceRequest } from '../../flags/container/device-request.js';
import type { Ulimit } from '../../flags/ulimit.js';
import type { EngineRefusal } from '../client/errors.js';

/** Who makes the program that runs containers on a machine. */
export type MakerName = 'docker' | 'podman' | 'containerd';

/**
 * What differs between the makers of what runs images on a machine: engines, all of which offer Docker's API, and
 * containerd by itself. It is chosen once, by what an engine says of itself; nothing else asks who made one.
 */
export interface Maker {
  /** As sentences call the engine. */
  readonly title: string;
  /** What helps where a build wants BuildKit, and this engine has none. */
  readonly buildKitAdvice: string;
  /** A builder that is neither BuildKit nor Docker's classic one; undefined where there is none. */
  readonly builder: OtherBuilder | undefined;
  /** How the engine builds and keeps images, a sentence each; undefined where `EngineFacts` tell. */
  readonly ways: { builds: string; keeps: string } | undefined;
  /** Whether an engine of this version unpacks what is packed as zstd. */
  unpacksZstd(version: string): boolean;
  /** Why no deltas go there; undefined where they do. */
  readonly noDeltas: string | undefined;
  /** Why a host gets no image by way of another; undefined where it does. */
  readonly noRelay: string | undefined;
  /** The command that removes images that nobody uses. */
  readonly makeRoom: string;
  /** The engine's socket on its machine, where nothing else is known. */
  readonly defaultSocket: string | undefined;
  /** A program that prints, on the engine's machine, the URL of its socket; undefined where the default one will do. */
  socketProgram(facts: { rootless: boolean }): string[] | undefined;
  /** `repository:tag` without what a short name leaves out, of a name as the engine lists it. */
  readonly familiarName: (listed: string) => string;
  /**
   * Names that hide a short name on that engine: where it has an image of one of these, it takes that one for the
   * short name.
   */
  hidingNames(reference: string): string[];
  /** What to wait for, of a container that is removed at its end, to learn its exit status. */
  readonly exitCondition: 'removed' | 'next-exit';
  /** Where a container's health check is run; undefined where the engine runs all of them by itself, for certain. */
  healthCheck(containerId: string): string | undefined;
  /** Whether a container could not be removed just yet: another is in its network, or it was ending by itself. */
  isRemovableLater(refusal: EngineRefusal): boolean;
  /** Whether a container or a network could not be created because its name is taken. */
  isNameTaken(refusal: EngineRefusal): boolean;
  /** What a refused load says of the archive; undefined where the refusal says nothing of it. */
  loadFailure(refusal: EngineRefusal): string | undefined;
  /** Whether the engine asks a registry what it has under a name (GET /distribution). */
  readonly asksRegistries: boolean;
  /**
   * The body of POST /containers/create as this engine understands it.
   *
   * @throws {UserError} `NO_GPU`, `UNKNOWN_RUNTIME` for what it would silently leave out
   */
  containerBody<Body extends ContainerBody>(body: Body, version: string): Body;
}

/** Parameters of POST /build; a list stands for a parameter that is repeated. */
export type BuildParameters = Readonly<Record<string, string | readonly string[]>>;

/** How a builder is asked by POST /build that reads it in its own way. */
export interface OtherBuilder {
  /**
   * What asks for images that stand for names in a Dockerfile.
   *
   * @param images references by name
   */
  namedImages(images: Readonly<Record<string, string>>, version: string): BuildParameters;
  /**
   * What makes files of the context secrets, and no part of the build.
   *
   * @param files names in the context's root by the secrets' ids
   */
  secretFiles(files: ReadonlyMap<string, string>): BuildParameters;
  /** What the docker CLI asks the classic builder for, as this one reads it. */
  inItsWords(query: BuildParameters, ulimits: readonly Ulimit[]): BuildParameters;
}

/** The part of a container that makers see differently. */
export interface ContainerBody {
  HostConfig: {
    Runtime?: string;
    DeviceRequests: DeviceRequest[] | null;
  };
}
