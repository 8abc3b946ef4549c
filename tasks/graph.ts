import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StoredImage } from '../lib/overview/index.js';
import { commandLine } from '../lib/text/command-line.js';
import { codeOf } from '../lib/text/thrown.js';
import { UserError } from '../lib/text/user-error.js';
import { engineAddress, type TaskContext, withMeans } from './context.js';
import { defineTask, type TaskRun } from './define-task.js';
import { type Chosen, DRY_RUN, type FlagTable } from './flags.js';
import type { LayerBytes, StoredImages } from './graph-picture.js';
import { JSON_FLAG } from './json.js';
import { openPrinter } from './print.js';
import { type ProjectGraph, projectGraph } from './project-graph.js';
import { factsOf, type GraphImageJson, type GraphJson } from './results.js';
import type { Task } from './task.js';

export interface GraphTaskOptions {
  /** Print the graph as a Mermaid flowchart. */
  mermaid?: boolean;
  /** Write it as an SVG picture to this file, relative to the project root. Default: none. */
  svg?: string;
  /** Print the graph as JSON, a {@link GraphJson}. */
  json?: boolean;
  /** Ask no engine, and write no file. */
  dryRun?: boolean;
}

export const GRAPH_FLAGS: FlagTable<GraphTaskOptions> = {
  mermaid: { type: 'boolean', description: 'print a Mermaid flowchart' },
  svg: { type: 'string', value: 'FILE', description: 'write an SVG picture to this file' },
  json: JSON_FLAG,
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
    async work({ mermaid, svg, json, dryRun }, run) {
      refuseTwoForms({ mermaid, svg, json });
      const { renderMermaid, renderSvg, renderTree } = await import('../lib/build/graph/index.js');
      const address = await engineAddress(context);
      const found = await projectGraph(context, { address, wanted: [] });
      const asked = await askEngine(context, found, { dryRun, layers: svg !== undefined && !dryRun }, run);
      const stored = asked?.stored;
      const problems = [...new Set([...found.problems.values()].map(({ message }) => message))];
      if (run.result) run.result({ images: imagesAsJson(found, stored), problems } satisfies GraphJson);
      else if (!json) {
        const notes = await notesOf(found, stored);
        if (svg !== undefined) {
          const { marksOf } = await import('./graph-picture.js');
          const marks = asked && (await marksOf(context, { ...found, ...asked }, notes));
          const text = renderSvg(found.graph, notes, marks);
          await writeSvg(context, { file: svg, text, dryRun: dryRun ?? false }, run);
        } else {
          const { print } = await openPrinter(context);
          print((mermaid ? renderMermaid : renderTree)(found.graph, notes));
        }
      }
      if (problems.length > 0) throw new UserError('NOT_RIGHT', problems.join('\n'));
    },
  });
}

function refuseTwoForms({ mermaid, svg, json }: Partial<Chosen<GraphTaskOptions>>): void {
  const forms = [
    ...(mermaid ? ['--mermaid'] : []),
    ...(svg === undefined ? [] : ['--svg']),
    ...(json ? ['--json'] : []),
  ];
  if (forms.length > 1)
    throw new UserError(
      'BAD_OPTION',
      `The graph is printed in Mermaid, as JSON, or written as SVG: leave out ${forms.join(' or ')}.`,
    );
}

function imagesAsJson({ graph, recipes }: ProjectGraph, stored: Stored): GraphImageJson[] {
  return graph.order.map((name) => {
    const reference = recipes.get(name)?.image.reference;
    const image = reference === undefined ? undefined : stored?.get(reference);
    const builder = graph.builders.get(name);
    return {
      name,
      ...(reference !== undefined && { reference }),
      needs: [...new Set((graph.needs.get(name) ?? []).map((need) => need.image))],
      ...(builder !== undefined && { builder }),
      ...(stored && { built: image !== undefined }),
      ...(image && sizeAndAge(image)),
    };
  });
}

function sizeAndAge(image: StoredImage): { size: number; created?: string } {
  const { size, created } = factsOf(image);
  return { size, ...(created !== undefined && { created }) };
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

/** What the engine has; undefined where there is no engine to ask. */
type Stored = StoredImages | undefined;

interface Asked {
  stored: StoredImages;
  /** Empty unless they were asked for. */
  bytes: LayerBytes;
}

async function askEngine(
  context: TaskContext,
  { recipes }: ProjectGraph,
  { dryRun, layers }: { dryRun?: boolean; layers: boolean },
  run: TaskRun,
): Promise<Asked | undefined> {
  const { askForImages } = await import('../lib/overview/index.js');
  const address = await engineAddress(context);
  const references = [...recipes.values()].map(({ image }) => image.reference);
  if (references.length === 0) return undefined;
  run.report.command(commandLine(['docker', ...address.cliFlags, 'image', 'inspect', ...references]));
  if (dryRun) return undefined;
  try {
    return await withMeans(context, address, run, async ({ engine }) => {
      const stored = await askForImages(engine, references);
      if (!layers) return { stored, bytes: new Map() };
      const { askForLayerBytes } = await import('./graph-picture.js');
      return { stored, bytes: await askForLayerBytes(engine, stored) };
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    run.report.warn(error.message);
    return undefined;
  }
}

/** Size and age of what is built. */
async function notesOf({ recipes }: ProjectGraph, stored: Stored): Promise<Map<string, string[]>> {
  const { formatAge, formatBytes } = await import('../lib/report/index.js');
  const now = new Date();
  return new Map(
    [...recipes].map(([name, recipe]) => {
      if (!stored) return [name, []];
      const image = stored.get(recipe.image.reference);
      if (!image) return [name, ['not built']];
      const age = image.created && formatAge(image.created, now);
      return [name, [formatBytes(image.size), ...(age === undefined ? [] : [age])]];
    }),
  );
}
