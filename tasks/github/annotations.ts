import { join, relative, sep } from 'node:path';
import { UserError } from '../../lib/text/user-error.js';

/** An annotation of GitHub Actions: a command on a line of its own, which the runner shows beside the changed lines. */
export interface Annotation {
  /** Relative to the repository. */
  file?: string;
  line?: string;
  message: string;
}

export interface AnnotationPlace {
  env: NodeJS.ProcessEnv;
  /** Absolute path of the project, which files in messages are relative to. */
  root: string;
}

/** Failures that have been told: all work that one failure aborts rejects with the same error. */
const told = new WeakSet<Error>();

/**
 * Under GitHub Actions, tells a failure as annotations, with file and line where its sentences have them. They stand on
 * standard error, for standard output may be a container's.
 */
export function annotate(error: unknown, { env, root }: AnnotationPlace): void {
  if (env.GITHUB_ACTIONS !== 'true' || !(error instanceof UserError) || told.has(error)) return;
  told.add(error);
  const inRepository = (file: string) => pathIn(env.GITHUB_WORKSPACE, join(root, file)) ?? file;
  for (const annotation of annotationsOf(error.message))
    process.stderr.write(`${command(annotation, inRepository)}\n`);
}

/** Sentences that begin with a place are one each, with the lines behind them; a message without a place is one alone. */
export function annotationsOf(message: string): Annotation[] {
  const annotations: Annotation[] = [];
  for (const text of message.split('\n')) {
    const [, file, line, sentence = ''] = /^([^\s:][^:]*):(\d+): (.*)$/.exec(text) ?? [];
    const before = annotations.at(-1);
    if (file !== undefined) annotations.push({ file, line, message: sentence });
    else if (before) before.message += `\n${text}`;
    else annotations.push({ message: text });
  }
  return annotations;
}

function command({ file, line, message }: Annotation, inRepository: (file: string) => string): string {
  const place = file === undefined ? '' : ` file=${property(inRepository(file))},line=${line}`;
  return `::error${place}::${escaped(message)}`;
}

/** Undefined for what is not in the repository. */
function pathIn(workspace: string | undefined, path: string): string | undefined {
  const inside = workspace === undefined ? '..' : relative(workspace, path).split(sep).join('/');
  return inside.startsWith('..') ? undefined : inside;
}

/** As @actions/core escapes what stands behind `::`. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
