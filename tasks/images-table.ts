import { basename } from 'node:path';
import { inspectCommand } from '../lib/engine/connect/commands.js';
import type { EngineAddress } from '../lib/engine/types.js';
import type { AskedImage, ImageAtPlace } from '../lib/overview/index.js';
import { imageNames } from '../lib/project/index.js';
import type { Image } from '../lib/project/types.js';
import { commandLine } from '../lib/text/command-line.js';
import { UserError } from '../lib/text/user-error.js';
import type { Word } from '../lib/text/word.js';
import { engineAddress, hostAddress, imageOf, type TaskContext, withEngine } from './context.js';
import { defineTask } from './define-task.js';
import { ACCEPT_NEW, DRY_RUN, type FlagTable, type OneOrMore } from './flags.js';
import { JSON_FLAG } from './json.js';
import { openPrinter } from './print.js';
import { projectGraph } from './project-graph.js';
import { factsOf, type ImageJson, type ImagesJson } from './results.js';
import type { Task } from './task.js';

export interface ImagesOptions {
  /** Hosts that are asked too, instead of those of run.cfg, in the forms that transfer takes. */
  host?: OneOrMore;
  /** Tag of the images, instead of the sections' or the user's name. */
  tag?: string;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Print them as JSON, an {@link ImagesJson}. */
  json?: boolean;
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const IMAGES_FLAGS: FlagTable<ImagesOptions> = {
  host: { type: 'hosts', value: 'HOST', description: 'a host to ask too, not those of run.cfg; repeatable' },
  tag: { type: 'string', description: "tag of the images, instead of the user's name" },
  acceptNew: ACCEPT_NEW,
  json: JSON_FLAG,
  dryRun: DRY_RUN,
};

/**
 * Prints a table of all images of the project: built or not, tag, size, age, version, and whether each configured
 * host, and each node of a swarm where it is deployed, has the same. A host that cannot be reached is said in the table,
 * and no failure.
 */
export function images(context: TaskContext, options: ImagesOptions = {}): Task {
  return defineTask(context, {
    kind: 'images',
    name: 'images',
    description: 'Lists all images: built or not, size, age, where',
    flags: IMAGES_FLAGS,
    options,
    async work({ host, tag, acceptNew, dryRun }, { report, signal, result }) {
      const { reportSurvey, swarmsOf } = await import('./swarm/survey.js');
      const { answersOfNodes, askNodes, withNodes } = await import('./swarm/node-images.js');
      const { about, askForImages, placesOf, renderImageTable } = await import('../lib/overview/index.js');
      const own = await engineAddress(context);
      const here = own.remote ? own.url : 'here';
      const { asked: ofProject, hosts, problems } = await askedImages(context, { address: own, host, tag });
      // Whoever names hosts asks for these.
      const { swarms } = host ? { swarms: [] } : await swarmsOf(context);
      for (const swarm of swarms) reportSurvey(context, swarm, report);
      const ofNodes = dryRun ? [] : await askNodes(context, swarms, { report, signal, acceptNew }, problems);
      const asked = ofProject.map((image) => withNodes(image, ofNodes));
      const answers = answersOfNodes(asked, ofNodes);
      const ask = async (place: string, address: EngineAddress, references: readonly string[]) => {
        report.command(commandLine(inspectCommand(address, references)));
        if (dryRun) return;
        const images = await withEngine(context, address, { report, acceptNew }, (engine) =>
          askForImages(engine, references),
        );
        answers.set(place, { images });
      };
      const askHost = async (host: Word) => {
        const place = host.text;
        answers.set(place, {});
        try {
          const references = asked.filter(({ hosts }) => hosts.includes(place)).map(referenceOf);
          await ask(place, await hostAddress(context, host), references);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          problems.push(about(place, error.message));
        }
      };
      if (asked.length > 0) {
        await Promise.all([
          ask(here, own, [...new Set(asked.map(referenceOf))]),
          ...hosts.map((host) => askHost(host)),
        ]);
      }
      if (result)
        result({
          images: asked.map((image) => asJson(image, placesOf(image, { here, answers }))),
          problems,
        } satisfies ImagesJson);
      else if (!dryRun) {
        const { palette, columns, print } = await openPrinter(context);
        const table = { here, images: asked, answers, now: new Date() };
        for (const line of renderImageTable(table, palette, { columns })) print(line);
      }
      for (const problem of problems) report.warn(problem);
    },
  });
}

function asJson({ name, role, reference, tag }: AskedImage, places: readonly ImageAtPlace[]): ImageJson {
  return {
    ...{ name, role, reference, tag },
    places: places.map(({ place, state, stored }) => ({ place, state, ...(stored && factsOf(stored)) })),
  };
}

interface Asked {
  asked: AskedImage[];
  /** Each once. */
  hosts: Word[];
  /** What is wrong with sections; the images of the others are asked for. */
  problems: string[];
}

async function askedImages(
  context: TaskContext,
  { address, host, tag }: { address: EngineAddress; host?: readonly string[]; tag?: string },
): Promise<Asked> {
  const asked: AskedImage[] = [];
  const named = new Map<string, Word>();
  const problems: string[] = [];
  const { graph } = await projectGraph(context, { address, wanted: [] });
  for (const name of imageNames(context.project)) {
    try {
      const image = imageOf(context, name, { remote: address.remote, tag, operation: 'transfer' });
      const hosts = host?.map((text) => ({ text })) ?? image.hosts;
      const parts = partsOf(image, {
        hosts: hosts.map(({ text }) => text),
        builder: graph.builders.has(name),
      });
      if (parts.some((part) => part.hosts.length > 0)) for (const one of hosts) named.set(one.text, one);
      asked.push(...parts);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
    }
  }
  return { asked, hosts: [...named.values()], problems };
}

/** The image itself and its builder stage, or what a synthetic image runs. */
function partsOf(
  image: Image,
  { hosts, builder }: { hosts: readonly string[]; builder: boolean },
): AskedImage[] {
  const { name, repository, tag, reference, folder } = image;
  if (image.synthetic) {
    const runs = folder === undefined ? repository : basename(folder);
    return [
      {
        name,
        role: 'synthetic',
        label: `${name} (${runs})`,
        reference,
        tag,
        built: folder !== undefined,
        hosts: [],
      },
    ];
  }
  const own = { name, role: 'image', label: name, reference, tag, built: true, hosts } as const;
  if (!builder) return [own];
  const label = `${name} (builder)`;
  return [
    own,
    { name, role: 'builder', label, reference: `${repository}-builder:${tag}`, tag, built: true, hosts: [] },
  ];
}

function referenceOf({ reference }: AskedImage): string {
  return reference;
}
