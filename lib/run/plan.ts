import type { Output } from '../project/settings/outputs.js';
import type { Image, Project } from '../project/types.js';
import { commandLine } from '../text/command-line.js';
import { UserError } from '../text/user-error.js';
import { placeOf, type Word } from '../text/word.js';
import { type Bind, type PlaceOfBind, replaceBinds } from './binds.js';
import { containerName } from './container-name.js';
import { parseRun, type RunOptions as FlagOptions, type RunRequest as EngineRequest } from './flags/index.js';
import { labelsOf } from './labels.js';
import { copyLines, removalLine } from './outputs/render.js';
import { isInteractiveByDefault, type RunContext, type RunOptions, runWords } from './words.js';

export interface RunRequest
  extends Omit<RunContext, 'name'>, Pick<FlagOptions, 'apiVersion' | 'endpoint' | 'consoleSize' | 'proxies'> {
  project: Pick<Project, 'root' | 'user' | 'name'>;
  /** Stands in the container's name. */
  now: Date;
  /** The container's name, where it is to have this one and no other. */
  name?: string;
  image: Image;
  options: RunOptions;
  /** What is copied out of the container when it ends, and before it is removed. Default: nothing. */
  outputs?: readonly Output[];
  /** What takes the place of a bind, a folder or file of this machine that the container would have. Default: binds stay. */
  placeOfBind?: PlaceOfBind;
  /** Flags by which the docker CLI reaches the same engine: `['-H', url]`, or none. */
  cliFlags?: readonly string[];
}

/** What a run will do: the words of `docker run`, and what they mean to the engine. */
export interface RunPlan {
  image: Image;
  /** The flags of `docker run`. */
  flags: readonly Word[];
  /** Those binds that are replaced: see `placeOfBind`. */
  replaced: readonly Bind[];
  /** To be pasted into a shell; without secrets. */
  commandLine: string;
  /** What the flags mean to the engine, and to its client. */
  request: EngineRequest;
  /** Whether the container's name was generated, so that another one may be taken if it is in use. */
  anyName: boolean;
  /** What is copied out of the container when it ends; it is removed behind that, unless it is to be kept. */
  outputs: readonly Output[];
  /** The project's, which outputs are not to leave. */
  root: string;
  /** The words that stand behind `docker`. */
  cliFlags: readonly string[];
  /**
   * The same run without standard input and terminal, for when another container has them; absent where the
   * user has said how this one is connected.
   */
  withoutInput?: () => RunPlan;
}

/**
 * Computes how an image is run, from its section, the options of this run, and nothing else but what `request`
 * holds (and the files that `--env-file` and the like name).
 *
 * @throws {UserError} `BAD_OPTION`, or the codes of {@link FlagError}, for words that `docker run` would not take, with
 *   file and line where they stand in run.cfg
 */
export function planRun(request: RunRequest): RunPlan {
  const { project, image, options, env, cliFlags = [], apiVersion, endpoint, consoleSize, proxies } = request;
  const { outputs = [] } = request;
  const name = request.name ?? containerName(project.user, image.name, request.now);
  const { flags: given, command } = runWords(image, options, {
    ...request,
    name,
    isCopied: outputs.length > 0,
  });
  const { flags, replaced } = replaceBinds(given, request.placeOfBind, { directory: project.root });
  const parsed = parseRun(
    { flags, image: image.reference, command },
    { environment: env, directory: project.root, apiVersion, endpoint, consoleSize, proxies },
  );
  refuseContentTrust(parsed);
  // What goes on in the background has not ended when it is left.
  if (outputs.length > 0 && parsed.client.detach) return { ...planRun({ ...request, outputs: [] }), outputs };
  refuseRemoval(outputs, parsed);
  return {
    image,
    flags,
    replaced,
    commandLine: commandLine(['docker', ...cliFlags, 'run', ...parsed.words]),
    request: withLabels(parsed, labelsOf(project, image.name)),
    anyName: request.name === undefined && parsed.query.name === name,
    outputs,
    root: project.root,
    cliFlags,
    ...(isInteractiveByDefault(image, options) && {
      withoutInput: () => planRun({ ...request, options: { ...options, interactive: '' } }),
    }),
  };
}

/** Labels by which the tasks find a container are no part of its line: it is the same one without them. */
function withLabels(request: EngineRequest, labels: Readonly<Record<string, string>>): EngineRequest {
  const { body } = request;
  return { ...request, body: { ...body, Labels: { ...body.Labels, ...labels } } };
}

/** Signatures are checked by the docker CLI, not by the engine. */
function refuseContentTrust({ client }: EngineRequest): void {
  if (client.disableContentTrust) return;
  const sentence =
    '--disable-content-trust=false cannot be had here; name the image by its digest: name@sha256:…';
  throw new UserError('UNSUPPORTED_FLAG', sentence);
}

/** The commands of a run: its own, and those that copy its outputs behind it and remove the container. */
export function linesOfRun({ commandLine: line, request, outputs, cliFlags }: RunPlan): string[] {
  const { client, query } = request;
  if (outputs.length === 0 || client.detach) return [line];
  const name = query.name ?? '';
  return [line, ...copyLines(name, outputs, cliFlags), removalLine(name, cliFlags)];
}

/** The engine would remove the container before anything could be copied. */
function refuseRemoval([first]: readonly Output[], { client }: EngineRequest): void {
  if (!first || !client.rm) return;
  const place = first.origin ? `${placeOf(first.origin)}: ` : '';
  throw new UserError(
    'BAD_OPTION',
    `${place}outputs= wants the container for a moment after its end, when --rm of args= removes it: leave out --rm, it is removed anyway.`,
  );
}
