import { cut } from '../../flags/key-value.js';
import { formatPlatform, readPlatform } from '../../oci/platform.js';
import { ValueError } from '../../text/flag-error.js';

/** Attributes of BuildKit's exporters (`annotation-index.KEY`), with their values. */
export type Annotations = readonly (readonly [string, string])[];

/**
 * An `--annotation` value: `[type[platform],…:]key=value`, the types `manifest`, `index` and descriptors of either.
 * @throws {ValueError} in the words of buildx
 */
export function readAnnotation(text: string): Annotations {
  if (text === '') return [];
  const [name, value] = cut(text, '=');
  if (value === undefined) throw new ValueError(`invalid annotation "${text}", expected key=value`);
  const [types, key] = cut(name, ':');
  if (key === undefined) return [[`annotation.${types}`, value]];
  return types.split(',').map((type) => [`annotation-${readType(type)}.${key}`, value]);
}

const OF_INDEX = ['index', 'index-descriptor'];
const OF_MANIFEST = ['manifest', 'manifest-descriptor'];

function readType(text: string): string {
  const [, type = '', platform = ''] = /^([a-z-]+)(?:\[([A-Za-z0-9_/-]+)\])?$/.exec(text) ?? [];
  if (type === '') {
    throw new ValueError(
      `invalid annotation type "${text}", expected type and optional platform in square brackets`,
    );
  }
  if (!OF_INDEX.includes(type) && !OF_MANIFEST.includes(type))
    throw new ValueError(`unknown annotation type "${type}"`);
  const shown = platform === '' ? '' : `[${formatPlatform(readPlatform(platform))}]`;
  return OF_INDEX.includes(type) ? type : type + shown;
}
