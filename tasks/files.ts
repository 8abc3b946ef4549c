import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { EmitOptions } from '../lib/files/emit.js';
import { readWanted, type Wanted } from '../lib/files/patterns.js';
import type { FileSource } from '../lib/files/source.js';
import { type Emit, fileStream } from '../lib/files/stream.js';
import { checkImage } from '../lib/project/index.js';
import { commandLine } from '../lib/text/command-line.js';
import { checkBuildable } from './check-buildable.js';
import { engineAddress, imageOf, type TaskContext, withMeans } from './context.js';
import { carryOutJob, type TaskRun } from './define-task.js';
import {
  ACCEPT_NEW,
  type Chosen,
  DRY_RUN,
  ENGINE_HOST,
  type FlagTable,
  type OneOrMore,
  TAG,
} from './flags.js';
import { readVersion, writeVersionForBuild } from './genversion.js';
import { checkOptions } from './options.js';
import { planBuilds } from './plan-builds.js';

export interface FilesOptions {
  /** A stage to build and take the files of, without an image of it, instead of the image that was built. */
  target?: string;
  /** Tag of the image, instead of the section's or the user's name. */
  tag?: string;
  /** Give contents as streams, instead of reading each whole, as `buffer: false` of `gulp.src` does. Default: true. */
  buffer?: boolean;
  /** Whether a pattern may match nothing. Default: false. */
  allowEmpty?: boolean;
  /** The engine that has the image, instead of the one that the environment names. */
  host?: string;
  /** Trust a host whose key is not known yet, and remember it. */
  acceptNew?: boolean;
  /** Print the docker commands, and give no files. */
  dryRun?: boolean;
}

/** What the command line may say of them. */
export const FILES_FLAGS: FlagTable<Pick<FilesOptions, 'tag' | 'host' | 'acceptNew' | 'dryRun'>> = {
  tag: TAG,
  host: ENGINE_HOST,
  acceptNew: { ...ACCEPT_NEW, unlisted: true },
  dryRun: DRY_RUN,
};

const ALL_FLAGS: FlagTable<FilesOptions> = {
  ...FILES_FLAGS,
  target: { type: 'string', value: 'STAGE', description: 'stage to build' },
  buffer: { type: 'boolean', description: 'contents whole' },
  allowEmpty: { type: 'boolean', description: 'patterns may match nothing' },
};

type Options = Partial<Chosen<FilesOptions>>;

/** What the files of one call are taken with. */
interface Job extends Pick<TaskRun, 'report' | 'signal'> {
  context: TaskContext;
  name: string;
  options: Options;
  wanted: Wanted;
  emit: Emit;
}

/**
 * A stream of Vinyl files out of an image, or of what a stage makes, as the beginning of a gulp pipeline. The engine is opened
 * when the first file is asked for, and closed whatever happens. A dry run gives none.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, and `NO_DOCKERFILE`, `SYNTHETIC_IMAGE` for what cannot be built; `BAD_OPTION` for
 *   a pattern that is none
 */
export function files(
  context: TaskContext,
  name: string,
  patterns: OneOrMore | undefined,
  given: FilesOptions = {},
): Readable {
  const { tag, host, acceptNew, dryRun, ...own } = checkOptions('files()', ALL_FLAGS, given);
  if (own.target === undefined) checkImage(context.project, name);
  else checkBuildable(context.project, name);
  const all = own.target === undefined ? [] : ['/**'];
  const wanted = readWanted(patterns === undefined ? all : [patterns].flat());
  const pinned = Object.fromEntries(
    Object.entries({ tag, host, acceptNew, dryRun }).filter(([, value]) => value !== undefined),
  );
  return fileStream((emit, broken) =>
    carryOutJob(context, {
      name: `files('${name}')`,
      kind: 'files',
      flags: FILES_FLAGS,
      options: pinned,
      async work(chosen, { report, signal }) {
        const options = { ...own, ...chosen };
        const job = {
          context,
          name,
          options,
          wanted,
          emit,
          report,
          signal: AbortSignal.any([signal, broken]),
        };
        try {
          await (own.target === undefined ? ofImage(job) : ofStage(job));
        } catch (error) {
          // Who breaks the stream off knows why: to fail would end what else runs in this process, too.
          if (!broken.aborted) throw error;
        }
      },
    }),
  );
}

async function ofImage({ context, name, options, wanted, ...job }: Job): Promise<void> {
  const { report, signal } = job;
  const { tag, host, acceptNew, dryRun } = options;
  const { withImageFiles } = await import('../lib/files/index.js');
  const address = await engineAddress(context, { host });
  const { reference } = imageOf(context, name, { remote: address.remote, tag, operation: 'run' });
  const container = `gulp-dockerutils-files-${randomBytes(4).toString('hex')}`;
  const tell = (...words: string[]) => report.command(commandLine(['docker', ...address.cliFlags, ...words]));
  tell('create', '--name', container, '--network', 'none', reference, 'none');
  for (const { place } of wanted.patterns) tell('cp', `${container}:${place}`, '-');
  tell('rm', '-f', '-v', container);
  if (dryRun) return;
  await withMeans(context, address, { report, signal, acceptNew }, ({ engine }) =>
    withImageFiles(engine, { reference, container, signal }, (source) =>
      emitAll(source, { context, name, options, wanted, ...job }, reference),
    ),
  );
}

async function ofStage(job: Job): Promise<void> {
  const { context, name, options, report, signal } = job;
  const { target, tag, host, acceptNew, dryRun } = options;
  const { exportBuild } = await import('../lib/build/index.js');
  const { UnpackedArchive } = await import('../lib/files/index.js');
  const address = await engineAddress(context, { host });
  const version = await readVersion(context, report);
  const scope = { image: name, streamed: true };
  const builds = await planBuilds(context, scope, { target, tag }, { address, version });
  const plan = builds.plan(name);
  plan.commandLines.forEach((line) => report.command(line));
  if (dryRun) return;
  await writeVersionForBuild(context, version, { dockerfiles: builds.dockerfiles, report });
  const unpacked = await UnpackedArchive.open();
  try {
    await withMeans(context, address, { report, signal, acceptNew }, (means) =>
      exportBuild(plan, means, {
        take: (archive) => unpacked.fill(archive),
        summary: () => `${target} of ${name}`,
      }),
    );
    await emitAll(unpacked, job, `${target} of ${name}`);
  } finally {
    await unpacked[Symbol.asyncDispose]();
  }
}

async function emitAll(
  source: FileSource,
  { wanted, emit, options, report, signal }: Job,
  whole: string,
): Promise<void> {
  const { emitFiles } = await import('../lib/files/index.js');
  const { buffer = true, allowEmpty = false } = options;
  const warn = (sentence: string) => report.warn(sentence);
  const how: EmitOptions = { emit, buffer, allowEmpty, whole, warn, signal };
  await emitFiles(source, wanted, how);
}
