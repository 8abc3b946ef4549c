import { Lines } from './lines.js';
import { createLiveReport } from './live.js';
import { choosePalette } from './palette.js';
import { createPlainReport } from './plain.js';
import { screenOf } from './screen.js';
import type { Report } from './types.js';

export { formatAge } from './age.js';
export { formatBytes, formatDuration, formatFiles } from './format.js';
export { renderTable, type TableSurface } from './table.js';
export { displayWidth, truncate } from './text.js';
export type { Activity, ItemState, Report } from './types.js';

/** How much is told: gulp's `--silent` is `silent`, its `-L` is `error`, `-LL` is `warn`, more is `info`. */
export type ReportLevel = 'silent' | 'error' | 'warn' | 'info';

export interface ReportOptions {
  level?: ReportLevel;
  /** The commands stand on `out`, bare and one a line, whatever the level: they are the result. */
  dryRun?: boolean;
  /** Commands stand on a terminal with all their labels, which are folded otherwise. */
  wholeCommands?: boolean;
  env?: NodeJS.ProcessEnv;
  /** Where everything but the commands of a dry run goes: standard error, so that a container's output stays its own. */
  stream?: NodeJS.WriteStream;
  /** Standard output: never written to except in a dry run. */
  out?: NodeJS.WriteStream;
}

/**
 * A report for whoever looks at `stream`: live progress on a terminal, plain lines with the time in a pipe, on a
 * `TERM=dumb` terminal and under `CI`. NO_COLOR and FORCE_COLOR count. Reports of one stream share its screen, so
 * any number of them may be open at once.
 */
export function createReport(options: ReportOptions = {}): Report {
  const {
    level = 'info',
    dryRun = false,
    wholeCommands = false,
    env = process.env,
    stream = process.stderr,
    out = process.stdout,
  } = options;
  surviveFailure(stream);
  surviveFailure(out);
  const report = atLevel(level, { stream, out }, env, wholeCommands);
  if (dryRun) report.command = (line) => void out.write(`${line}\n`);
  return report;
}

/** The level that gulp's own flags ask for. @param logLevel how many `L` were given, if any. */
export function levelOfFlags(flags: { silent?: boolean; logLevel?: number }): ReportLevel {
  if (flags.silent) return 'silent';
  if (flags.logLevel === 1) return 'error';
  return flags.logLevel === 2 ? 'warn' : 'info';
}

function atLevel(
  level: ReportLevel,
  { stream, out }: { stream: NodeJS.WriteStream; out: NodeJS.WriteStream },
  env: NodeJS.ProcessEnv,
  wholeCommands: boolean,
): Report {
  const palette = choosePalette(env, stream.isTTY);
  const report = isLive(stream, env)
    ? createLiveReport(screenOf(stream, [stream, out]), palette, { wholeCommands })
    : createPlainReport(new Lines(stream), palette);
  if (level === 'info') return report;
  return {
    ...SILENT,
    suspend: () => report.suspend(),
    ...(level === 'warn' ? { warn: (message) => report.warn(message) } : {}),
  };
}

const SILENT: Omit<Report, 'suspend'> = {
  command() {},
  info() {},
  warn() {},
  activity: () => ({ line() {}, item() {}, done() {}, failed() {} }),
};

function isLive(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY && env.TERM !== 'dumb' && (!env.CI || env.CI === 'false');
}

const survived = new WeakSet<NodeJS.WriteStream>();

/** Without a listener a stream that takes no more would end the process by a stack; what it means is for its owner to say. */
function surviveFailure(stream: NodeJS.WriteStream): void {
  if (survived.has(stream)) return;
  survived.add(stream);
  stream.on('error', () => undefined);
}
