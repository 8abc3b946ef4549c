import { createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { unpackArchive } from '../../engine/unpack-archive.js';
import { formatBytes, formatDuration, formatFiles } from '../../report/index.js';
import { leftOutSentence, notWritten } from '../../system/unpack.js';
import { projectContext } from '../build-context.js';
import { buildWithBuildKit } from '../buildkit.js';
import type { Export } from '../flags/index.js';
import type { BuildMeans } from '../means.js';
import type { Outcome } from '../outcome.js';
import type { BuildPlan } from '../plan.js';
import { checkBuild } from '../requirements.js';
import { runScript } from '../script.js';

/** What a build has made that is no image. */
export interface Exported {
  /** Absolute, here: a folder, or a tar archive. */
  path: string;
  /** Files of the folder. */
  files?: number;
  /** Of the files, or of the archive. */
  bytes: number;
  /** Steps that came from the cache, of all that could. */
  cached: Outcome['cached'];
  /** What travelled to the engine. */
  sent: Outcome['sent'];
}

/**
 * Builds as planned, and writes what that makes where the plan says, into a folder or an archive: the engine keeps no image of it.
 * A folder keeps what it has beside it.
 *
 * @throws {UserError} `OUTPUT_WRITE` where it cannot be written, and what a build fails with
 */
export async function carryOutExport(plan: BuildPlan, means: BuildMeans): Promise<Exported> {
  const started = performance.now();
  const target = plan.export;
  if (!target) throw new TypeError(`the plan of ${plan.image} exports nothing`);
  const shown = relative(plan.root, target.path) || '.';
  let written: Pick<Exported, 'files' | 'bytes'> = { bytes: 0 };
  const summary = () => {
    const size = formatBytes(written.bytes);
    const number = written.files === undefined ? size : `${formatFiles(written.files)}, ${size}`;
    return `${shown}, ${number}, in ${formatDuration(performance.now() - started)}`;
  };
  const take = async (archive: Readable) => {
    written = await writeTo(target, archive, { shown, warn: (line) => means.report.warn(line) });
  };
  const { cached, sent } = await exportBuild(plan, means, { take, summary });
  return { path: target.path, ...written, cached, sent };
}

export interface ExportWork {
  /** Gets what was built as a tar archive. */
  take: (archive: Readable) => Promise<void>;
  /** What is told in the end. */
  summary: () => string;
}

/** Builds as planned, and gives what that makes away. */
export async function exportBuild(
  plan: BuildPlan,
  { context = projectContext(plan), ...means }: BuildMeans,
  { take, summary }: ExportWork,
): Promise<Outcome> {
  const { engine, report, signal } = means;
  await checkBuild(plan, engine);
  const activity = report.activity(`build ${plan.image}`);
  const [step] = plan.steps.slice(-1);
  if (!step) throw new TypeError(`the plan of ${plan.image} has no step`);
  try {
    await runScript(plan.preBuildScript, plan.root, activity, signal);
    const outcome = await buildWithBuildKit(plan, step, { ...means, context, activity, take });
    await runScript(plan.postBuildScript, plan.root, activity, signal);
    activity.done(summary());
    return outcome;
  } catch (error) {
    activity.failed();
    throw error;
  }
}

async function writeTo(
  { type, path }: Export,
  archive: Readable,
  { shown, warn }: { shown: string; warn: (line: string) => void },
): Promise<Pick<Exported, 'files' | 'bytes'>> {
  if (type === 'tar') return { bytes: await writeFile(path, archive, shown) };
  const unpacked = await unpackArchive(archive, path, shown);
  const leftOut = leftOutSentence(unpacked, 'what was built');
  if (leftOut !== undefined) warn(leftOut);
  return { files: unpacked.files, bytes: unpacked.bytes };
}

/** A build that fails leaves what was there. */
async function writeFile(path: string, archive: Readable, shown: string): Promise<number> {
  const part = `${path}.${process.pid}.part`;
  try {
    await fs.mkdir(dirname(path), { recursive: true });
    await pipeline(archive, createWriteStream(part));
    await fs.rename(part, path);
  } catch (error) {
    await fs.rm(part, { force: true }).catch(() => undefined);
    throw notWritten(error, shown);
  }
  return (await fs.stat(path)).size;
}
