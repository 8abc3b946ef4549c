import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { commandLine } from '../lib/text/command-line.js';
import { codeOf } from '../lib/text/thrown.js';
import { UserError } from '../lib/text/user-error.js';
import { engineAddress, type TaskContext, withMeans } from './context.js';
import { defineTask, type TaskRun } from './define-task.js';
import { DRY_RUN, type FlagTable } from './flags.js';
import { openPrinter } from './print.js';
import { type ProjectGraph, projectGraph } from './project-graph.js';
import type { Task } from './task.js';

export interface GraphTaskOptions {
  /** Print the graph as a Mermaid flowchart. */
  mermaid?: boolean;
  /** Write it as an SVG picture to this file, relative to the project root. Default: none. */
  svg?: string;
  /** Ask no engine, and write no file. */
  dryRun?: boolean;
}

export const GRAPH_FLAGS: FlagTable<GraphTaskOptions> = {
  mermaid: { type: 'boolean', description: 'print a Mermaid flowchart' },
  svg: { type: 'string', value: 'FILE', description: 'write an SVG picture to this file' },
  dryRun: { ...DRY_RUN, description: 'ask no engine and write no file' },
};

/**
 * Prints which image is built from which, with size and age where the engine has it; without an engine just the graph.
 * Whatever is wrong in sections and Dockerfiles makes it fail, when the graph of all others is printed.
 */
export function graph(context: TaskContext, options: GraphTaskOptions = {}): Task {
  return defineTask(context, {
    kind: 'graph',
    name: 'graph',
    description: 'Shows which image is built from which',
    flags: GRAPH_FLAGS,
    options,
    async work({ mermaid, svg, dryRun }, run) {
      if (mermaid && svg !== undefined)
        throw new UserError(
          'BAD_OPTION',
          'The graph is either printed in Mermaid or written as SVG: leave out --mermaid or --svg.',
        );
      const { renderMermaid, renderSvg, renderTree } = await import('../lib/build/graph/index.js');
      const address = await engineAddress(context);
      const found = await projectGraph(context, { address, wanted: [] });
      const notes = await notesOf(context, found, dryRun ?? false, run);
      if (svg !== undefined)
        await writeSvg(
          context,
          { file: svg, text: renderSvg(found.graph, notes), dryRun: dryRun ?? false },
          run,
        );
      else {
        const { print } = await openPrinter(context);
        print((mermaid ? renderMermaid : renderTree)(found.graph, notes));
      }
      const sentences = new Set([...found.problems.values()].map(({ message }) => message));
      if (sentences.size > 0) throw new UserError('NOT_RIGHT', [...sentences].join('\n'));
    },
  });
}

async function writeSvg(
  { project }: TaskContext,
  { file, text, dryRun }: { file: string; text: string; dryRun: boolean },
  { report }: TaskRun,
): Promise<void> {
  if (dryRun) return report.info(`would write ${file}`);
  try {
    await writeFile(resolve(project.root, file), text);
  } catch (cause) {
    throw new UserError(
      'CANNOT_WRITE',
      `${file} cannot be written (${codeOf(cause)}): give --svg a file in a folder that exists.`,
      { cause },
    );
  }
  report.info(`wrote ${file}`);
}

/** Size and age of what is built; nothing where there is no engine to ask. */
async function notesOf(
  context: TaskContext,
  { recipes }: ProjectGraph,
  dryRun: boolean,
  run: TaskRun,
): Promise<Map<string, string[]>> {
  const { askForImages, formatAge } = await import('../lib/overview/index.js');
  const { formatBytes } = await import('../lib/report/index.js');
  const address = await engineAddress(context);
  const references = [...recipes.values()].map(({ image }) => image.reference);
  if (references.length === 0) return new Map();
  run.report.command(commandLine(['docker', ...address.cliFlags, 'image', 'inspect', ...references]));
  if (dryRun) return new Map();
  try {
    const stored = await withMeans(context, address, run, ({ engine }) => askForImages(engine, references));
    const now = new Date();
    return new Map(
      [...recipes].map(([name, recipe]) => {
        const image = stored.get(recipe.image.reference);
        if (!image) return [name, ['not built']];
        const age = image.created && formatAge(image.created, now);
        return [name, [formatBytes(image.size), ...(age === undefined ? [] : [age])]];
      }),
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    run.report.warn(error.message);
    return new Map();
  }
}
