import {
  checkImage,
  imageNames,
  resolvedConfig,
  type ResolvedValue,
  writeConfig,
} from '../lib/project/index.js';
import { UserError } from '../lib/text/user-error.js';
import { engineAddress, type TaskContext } from './context.js';
import { defineTask } from './define-task.js';
import type { FlagTable } from './flags.js';
import { JSON_FLAG } from './json.js';
import { openPrinter } from './print.js';
import type { ConfigJson } from './results.js';
import type { Task } from './task.js';

export interface ConfigOptions {
  /** Tag of the image, instead of the section's or the user's name. */
  tag?: string;
  /** Print it as JSON, a {@link ConfigJson}. */
  json?: boolean;
  /** Changes nothing: nothing is done anyway. */
  dryRun?: boolean;
}

export const CONFIG_FLAGS: FlagTable<ConfigOptions> = {
  tag: { type: 'string', description: "tag of the image, instead of the user's name" },
  json: JSON_FLAG,
  dryRun: { type: 'boolean', description: 'changes nothing: nothing is done anyway', unlisted: true },
};

/**
 * Prints the resolved configuration of an image, or of all where no name is given, in run.cfg's own form, each value
 * with where it comes from.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`
 */
export function config(context: TaskContext, name?: string, options: ConfigOptions = {}): Task {
  const { project, env } = context;
  if (name !== undefined) checkImage(project, name);
  return defineTask(context, {
    kind: 'config',
    name: name === undefined ? 'config' : `config:${name}`,
    description: `Shows the resolved configuration of ${name ?? 'all images'}`,
    flags: CONFIG_FLAGS,
    options,
    async work({ tag }, { result }) {
      const { remote } = await engineAddress(context);
      const sections = new SeparateSections();
      const failures: string[] = [];
      for (const one of name === undefined ? imageNames(project) : [name]) {
        try {
          sections.add(one, resolvedConfig(project, one, { remote, tag, env }));
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          failures.push(error.message);
        }
      }
      const values = [...(name === undefined ? syntheticList(context) : []), ...sections.values()];
      if (result) result({ values, problems: failures } satisfies ConfigJson);
      else if (values.length > 0) (await openPrinter(context)).print(writeConfig(values));
      if (failures.length > 0) throw new UserError('BAD_SECTION', failures.join('\n'));
    },
  });
}

/**
 * Values of several images as one file: a section of variables that images share stands there once, or, where it holds
 * `{image}` or the like, once for each image that it differs for, under a name of its own.
 */
class SeparateSections {
  readonly #images: ResolvedValue[] = [];
  readonly #variables = new Map<string, readonly ResolvedValue[]>();

  add(image: string, values: readonly ResolvedValue[]): void {
    const variables = values.filter(({ section }) => section !== image);
    const shared = variables[0]?.section;
    const section = shared === undefined ? undefined : this.#place(shared, image, variables);
    for (const value of values.filter(({ section }) => section === image))
      this.#images.push(value.key === 'env' && section !== undefined ? { ...value, value: section } : value);
  }

  values(): ResolvedValue[] {
    return [...this.#images, ...[...this.#variables.values()].flat()];
  }

  #place(shared: string, image: string, variables: readonly ResolvedValue[]): string {
    const same = JSON.stringify(this.#variables.get(shared) ?? variables) === JSON.stringify(variables);
    const section = same ? shared : `${shared}.${image}`;
    this.#variables.set(
      section,
      variables.map((value) => ({ ...value, section })),
    );
    return section;
  }
}

function syntheticList({ project }: TaskContext): ResolvedValue[] {
  const { synthetic, config } = project;
  if (synthetic.length === 0) return [];
  return [{ section: 'run_image', key: 'synthetic_images', value: synthetic.join(', '), from: config.file }];
}
