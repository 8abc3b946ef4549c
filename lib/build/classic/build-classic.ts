import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { isRefusal } from '../../engine/client/errors.js';
import { makerOf } from '../../engine/makers/index.js';
import type { EngineFacts } from '../../engine/types.js';
import { Judge } from '../../ignore/selection.js';
import { dockerfileInContext, type FileContext } from '../build-context.js';
import { type ContextEntry, isFile, KIND } from '../context/source.js';
import { contextArchive, type ContextFile } from '../context/tar.js';
import { walk } from '../context/walk.js';
import { type BuildQuery, toBuildQuery } from '../flags/index.js';
import { namedImagesOf } from '../graph/image-contexts.js';
import type { StepMeans } from '../means.js';
import type { Outcome } from '../outcome.js';
import type { BuildPlan, BuildStep } from '../plan.js';
import { ClassicProgress } from '../progress/classic.js';
import { engineLost } from '../progress/engine-lost.js';
import { buildFailed, failedBuild, stepFailed } from '../progress/failure.js';
import type { SyncCount } from '../session/file-sync.js';
import { credentialsFor } from './credentials-for.js';
import { requestBuild } from './request.js';
import { secretFiles } from './secret-files.js';

/** Builds with an engine that has no BuildKit: the whole context travels, as a tar archive of the same files. */
export async function buildClassic(
  plan: BuildPlan,
  step: BuildStep,
  { engine, credentials, env, signal, context, activity }: StepMeans,
): Promise<Outcome> {
  signal.throwIfAborted();
  const failing = failedBuild(plan);
  const { dockerfile, archive } =
    'archive' in context
      ? { ...context, dockerfile: dockerfileInContext(plan) }
      : archiveOf(plan, context, context.sent);
  const facts = await engine.facts();
  const secrets = await secretFiles(plan, facts, env);
  const body = Readable.from(joined(secrets.before, archive), { objectMode: false, highWaterMark: 1 << 20 });
  let bodyFailure: unknown;
  body.on('error', (error) => (bodyFailure = error));
  const progress = new ClassicProgress(activity);
  try {
    const messages = requestBuild(engine, {
      query: {
        ...queryFor(facts, step),
        ...secrets.query,
        t: [step.reference, ...step.flags.tags],
        dockerfile,
        rm: '1',
        forcerm: '1',
      },
      body,
      credentials: await credentialsFor(plan.from, credentials),
      signal,
    });
    let id: string | undefined;
    for await (const message of messages) {
      if (message.stream !== undefined) progress.print(message.stream);
      else if (message.status !== undefined) progress.print(`${message.status} ${message.progress ?? ''}\n`);
      else id = message.aux?.ID ?? id;
      const { error } = message;
      if (error === undefined) continue;
      progress.end('failed');
      const failure = progress.failure(error);
      throw failure ? stepFailed(failing, failure) : buildFailed(failing, error);
    }
    if (id === undefined) throw engineLost();
    progress.end('done');
    return { id, told: { 'containerimage.digest': id }, cached: progress.cached, sent: context.sent };
  } catch (error) {
    signal.throwIfAborted();
    if (bodyFailure !== undefined || !isRefusal(error)) throw bodyFailure ?? error;
    throw buildFailed(failing, error.sentence); // Before its first step, such as by the Dockerfile's syntax.
  } finally {
    body.destroy();
  }
}

/** What the engine is asked for by flags, and by images that stand for names in the Dockerfile. */
function queryFor(facts: EngineFacts, { flags }: BuildStep): BuildQuery {
  const { builder } = makerOf(facts);
  const query = toBuildQuery(flags);
  if (!builder) return query;
  return {
    ...builder.inItsWords(query, flags.ulimits),
    ...builder.namedImages(namedImagesOf(flags.contexts), facts.version),
  };
}

/**
 * The archive of a context, and the Dockerfile's name in it. An engine takes the Dockerfile out of the archive, even where
 * the ignore file leaves it out of the context: then it goes in under another name, which a `.dockerignore` in the archive
 * leaves out in turn, as the docker CLI does it.
 */
function archiveOf(plan: BuildPlan, { source, exclude }: FileContext, sent: SyncCount) {
  const dockerfile = dockerfileInContext(plan);
  const judge = new Judge({ exclude });
  let verdict = judge.judge(dockerfile.replace(/\/.*/s, ''));
  for (let at = dockerfile.indexOf('/'); at > 0; at = dockerfile.indexOf('/', at + 1)) {
    const end = dockerfile.indexOf('/', at + 1);
    verdict = judge.judge(end < 0 ? dockerfile : dockerfile.slice(0, end), verdict);
  }
  const outside = !verdict.wanted || dockerfile.startsWith('../');
  const shownAs = outside ? `.dockerfile.${randomBytes(10).toString('hex')}` : dockerfile;
  function* files(): Generator<ContextFile> {
    let ignoreFile: ContextEntry | undefined;
    for (const entry of walk(source, { exclude })) {
      sent.entries++;
      if (outside && entry.path === '.dockerignore') {
        ignoreFile = entry;
        continue;
      }
      if (!isFile(entry) || entry.linkname !== undefined) {
        yield { entry };
        continue;
      }
      sent.files++;
      sent.bytes += entry.size;
      yield { entry, content: source.content(entry) };
    }
    if (!outside) return;
    const rules = ignoreFile
      ? Buffer.concat(Array.from(source.content(ignoreFile), (piece) => Buffer.from(piece))).toString()
      : '.dockerignore';
    yield inMemory(shownAs, plan.dockerfile.content);
    yield inMemory('.dockerignore', Buffer.from(`${rules}\n${shownAs}\n`));
  }
  return { dockerfile: shownAs, archive: contextArchive(files()) };
}

async function* joined(before: Buffer, archive: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (before.length > 0) yield before;
  yield* archive;
}

function inMemory(path: string, content: Buffer): ContextFile {
  return { entry: { path, mode: KIND.file | 0o644, size: content.length, mtimeNs: 0n }, content: [content] };
}
