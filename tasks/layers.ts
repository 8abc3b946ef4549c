import { inspectCommand } from '../lib/engine/connect/commands.js';
import type { Engine } from '../lib/engine/types.js';
import { commandLine } from '../lib/text/command-line.js';
import { UserError } from '../lib/text/user-error.js';
import type { Word } from '../lib/text/word.js';
import {
  engineAddress,
  hostAddress,
  imageOf,
  type OpenEngine,
  type TaskContext,
  withEngines,
} from './context.js';
import { defineTask } from './define-task.js';
import { ACCEPT_NEW, DRY_RUN, type FlagTable, type OneOrMore, TAG } from './flags.js';
import { JSON_FLAG } from './json.js';
import { openPrinter } from './print.js';
import { projectImage } from './project-image.js';
import type { Task } from './task.js';

export interface LayersOptions {
  /** Hosts of which it is said what a transfer would send there, instead of those of run.cfg, in the forms that transfer takes. */
  host?: OneOrMore;
  /** Tag of the image, instead of the section's or the user's name. */
  tag?: string;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Print them as JSON, a {@link LayersJson}. */
  json?: boolean;
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const LAYERS_FLAGS: FlagTable<LayersOptions> = {
  host: { type: 'hosts', value: 'HOST', description: 'a host to ask, not those of run.cfg; repeatable' },
  tag: TAG,
  acceptNew: ACCEPT_NEW,
  json: JSON_FLAG,
  dryRun: DRY_RUN,
};

/** What `layers --json` prints. */
export interface LayersJson {
  name: string;
  /** `repository:tag` */
  reference: string;
  /** The lowest first. */
  layers: LayerJson[];
  /** What a transfer to each host would send. */
  hosts: LayersOfHostJson[];
  /** Sentences: hosts that cannot be reached, or cannot have the image. */
  problems: string[];
}

export interface LayerJson {
  diffId: string;
  /** Uncompressed bytes, about, where the image's history tells. */
  size?: number;
  /** The instruction that made it, where the history tells; secrets are `***`. */
  madeBy?: string;
  /** Names of the project's other images that have it. */
  sharedWith: readonly string[];
}

export interface LayersOfHostJson {
  /** As run.cfg or `--host` has it. */
  host: string;
  /** Of each layer: whether it is there, would be sent, or is sent if a probe does not find it. */
  layers: ('there' | 'probe' | 'missing')[];
  /** Uncompressed bytes of layers that have to go. */
  bytes: { least: number; most: number };
}

/**
 * Shows the layers of an image as bars: how large they are, what made them, which other images of the project have them, and
 * what a transfer to each of its hosts would send. A host that cannot be asked is told of, and no failure.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, `SYNTHETIC_IMAGE`
 */
export function layers(context: TaskContext, name: string, options: LayersOptions = {}): Task {
  const named = projectImage(context, name);
  return defineTask(context, {
    kind: 'layers',
    name: `layers:${name}`,
    description: `Shows the layers of ${name}: sizes, what made them, who shares them`,
    flags: LAYERS_FLAGS,
    options,
    async work({ host, tag = named.tag, acceptNew, dryRun }, { report, signal, result }) {
      const address = await engineAddress(context);
      const { remote } = address;
      const { reference, hosts } = imageOf(context, named.name, { remote, tag, operation: 'transfer' });
      const ofProject = referencesOf(context, { remote, tag });
      report.command(commandLine(inspectCommand(address, [...new Set(ofProject.values())])));
      report.command(commandLine(['docker', ...address.cliFlags, 'history', '--no-trunc', reference]));
      const targets = host?.map((text) => ({ text })) ?? hosts;
      for (const target of targets) {
        const there = await hostAddress(context, target);
        report.command(commandLine(inspectCommand(there, [reference])));
      }
      if (dryRun) return;
      await withEngines(context, { report, signal, acceptNew }, async (open) => {
        const engine = await open(address);
        const found = await layersOf(engine, named.name, ofProject);
        const asked = await Promise.all(
          targets.map((target) => needsOf(context, target, { engine, open, reference })),
        );
        const needs = asked.filter((one) => typeof one !== 'string');
        const problems = asked.filter((one) => typeof one === 'string');
        const facts = { name: named.name, reference, layers: found };
        if (result) result({ ...facts, hosts: needs.map(({ json }) => json), problems } satisfies LayersJson);
        else {
          const { renderLayers } = await import('../lib/overview/index.js');
          const { palette, columns, print } = await openPrinter(context);
          const remarks = needs.map(({ json, text }) => `to ${json.host} a transfer would send ${text}`);
          for (const line of renderLayers({ ...facts, remarks }, palette, { columns })) print(line);
        }
        for (const problem of problems) report.warn(problem);
      });
    },
  });
}

/** References of the images of the project, by name; of those with a wrong section there is none. */
function referencesOf(context: TaskContext, options: { remote: boolean; tag?: string }): Map<string, string> {
  const references = new Map<string, string>();
  for (const name of context.project.images) {
    try {
      const { reference } = imageOf(context, name, { ...options, operation: 'transfer' });
      references.set(name, reference);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return references;
}

/** @throws {UserError} `NO_SUCH_IMAGE` where it is not built */
async function layersOf(
  engine: Engine,
  name: string,
  ofProject: ReadonlyMap<string, string>,
): Promise<LayerJson[]> {
  const { askForImages, describeLayers, layerOrigins } = await import('../lib/overview/index.js');
  const stored = await askForImages(engine, [...new Set(ofProject.values())]);
  const reference = ofProject.get(name) ?? '';
  const image = stored.get(reference);
  if (!image)
    throw new UserError(
      'NO_SUCH_IMAGE',
      `${reference} is not built: gulp build:${name} makes it, and then it has layers.`,
    );
  const origins = await layerOrigins(engine, reference, image.layers.length);
  const others = [...ofProject].flatMap(([other, called]) => {
    const found = stored.get(called);
    return found ? { name: other, layers: found.layers } : [];
  });
  return describeLayers({ name, layers: image.layers }, origins, others);
}

interface Asking {
  /** That has the image. */
  engine: Engine;
  open: OpenEngine;
  reference: string;
}

/** What a host would get, or why it cannot be told. */
async function needsOf(
  context: TaskContext,
  host: Word,
  { engine, open, reference }: Asking,
): Promise<string | { json: LayersOfHostJson; text: string }> {
  const { planTransfer, renderNeeds } = await import('../lib/transfer/index.js');
  const { about } = await import('../lib/overview/index.js');
  try {
    const plan = await planTransfer(engine, await open(await hostAddress(context, host)), reference);
    const { layers: planned, bytes } = plan;
    return {
      json: { host: host.text, layers: planned.map(({ state }) => state), bytes },
      text: renderNeeds(plan),
    };
  } catch (error) {
    if (error instanceof UserError) return about(host.text, error.message);
    throw error;
  }
}
