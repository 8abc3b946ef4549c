import { nearName } from '../../text/did-you-mean.js';
import { isPrintable } from '../../text/printable.js';
import { DOCKED, keyNamed } from '../keys/keys.js';
import { ENV_FILE, RUN_IMAGE_SECTIONS, SYNTHETIC_IMAGES } from '../run-image.js';
import type { ConfigSection } from './config-parser.js';
import { InterpolationError, keysTakenUp } from './interpolation.js';
import { plainValue } from './plain-value.js';
import { ReplacementError, type ReplacementValues } from './replacement.js';
import type { RunConfig } from './run-config.js';

/** Something to say about a line of run.cfg. */
export interface Remark {
  line: number;
  message: string;
}

/** What the sections of a run.cfg are for. */
export interface Sections {
  /** Names of the synthetic images: those that are listed, in the order of the file, and those that images depend on. */
  synthetic: readonly string[];
  /** What is wrong with the file as a whole. */
  errors: readonly Remark[];
  /** What stops nothing. */
  warnings: readonly Remark[];
}

/** Finds out which sections are images, and says so of those that are nothing. */
export function readSections(
  config: RunConfig,
  images: readonly string[],
  values: ReplacementValues,
): Sections {
  const ofRunImage = RUN_IMAGE_SECTIONS.flatMap((name) => config.sections.get(name) ?? []);
  const listed = ofRunImage.map((section) => syntheticImages(config, section, values));
  const names = new Set(listed.flatMap((list) => list.names));
  const written = [...names].filter((name) => !images.includes(name));
  const synthetic = [...written, ...dependedOn(config, [...images, ...written], values)];
  const strange = strangeSections(config, [...images, ...synthetic]);
  return {
    synthetic,
    errors: [
      ...ofRunImage.flatMap(unknownKeys),
      ...listed.flatMap(({ errors }) => errors),
      ...strange.errors,
    ],
    warnings: [...listed.flatMap((list) => shadowed(list, images)), ...strange.warnings],
  };
}

/** The line that names the synthetic images. */
export function syntheticLine(config: RunConfig): number {
  const lines = RUN_IMAGE_SECTIONS.map(
    (name) => config.sections.get(name)?.entries.get(SYNTHETIC_IMAGES)?.line,
  );
  return lines.find((line) => line !== undefined) ?? 1;
}

interface SyntheticImages {
  line: number;
  names: readonly string[];
  errors: readonly Remark[];
}

function syntheticImages(
  config: RunConfig,
  section: ConfigSection,
  values: ReplacementValues,
): SyntheticImages {
  const line = section.entries.get(SYNTHETIC_IMAGES)?.line;
  if (line === undefined) return { line: section.line, names: [], errors: [] };
  try {
    const list = plainValue(config, section, SYNTHETIC_IMAGES, values) ?? '';
    const names = list.split(/[\s,]+/).filter((name) => name !== '');
    const errors = names.every(isPrintable)
      ? []
      : [{ line, message: `${SYNTHETIC_IMAGES} has a name with control characters` }];
    return { line, names: names.filter(isPrintable), errors };
  } catch (error) {
    if (!(error instanceof InterpolationError) && !(error instanceof ReplacementError)) throw error;
    return { line, names: [], errors: [{ line, message: error.message }] };
  }
}

/** Sections that are images because another image depends on them, and those that these depend on. */
function dependedOn(config: RunConfig, images: readonly string[], values: ReplacementValues): string[] {
  const all = new Set(images);
  for (const name of all) {
    const section = config.sections.get(name);
    if (!section) continue;
    for (const other of dependenciesOf(config, section, values))
      if (mayBeImage(config, other)) all.add(other);
  }
  return [...all].slice(images.length);
}

function dependenciesOf(config: RunConfig, section: ConfigSection, values: ReplacementValues): string[] {
  return ['depends_on', `depends_on${DOCKED}`].flatMap((key) => {
    try {
      const text = plainValue(config, section, key, values) ?? '';
      return text.split(/[\s,]+/).flatMap((word) => word.split(':').slice(0, 1));
    } catch (error) {
      // Said when the image is described.
      if (error instanceof InterpolationError || error instanceof ReplacementError) return [];
      throw error;
    }
  });
}

/** Whether a section of that name is there that is for an image, and for nothing else. */
function mayBeImage(config: RunConfig, name: string): boolean {
  return config.sections.has(name) && !config.envSections.has(name) && !RUN_IMAGE_SECTIONS.includes(name);
}

/** Names of all sections that are for images, or could be. */
export function imageSections(config: RunConfig): string[] {
  return [...config.sections.keys()].filter((name) => mayBeImage(config, name));
}

function shadowed({ line, names }: SyntheticImages, images: readonly string[]): Remark[] {
  return names
    .filter((name) => images.includes(name))
    .map((name) => ({
      line,
      message: `synthetic image "${name}" is left out: docker/${name} is an image`,
    }));
}

const KEYS = [SYNTHETIC_IMAGES, ENV_FILE];

function unknownKeys(section: ConfigSection): Remark[] {
  const takenUp = new Set(keysTakenUp(section));
  return [...section.entries.values()]
    .filter(({ key }) => !KEYS.includes(key) && !takenUp.has(key))
    .map(({ key, spelling, line }) => {
      const near = nearName(key, KEYS);
      const hint = near === undefined ? `its keys are ${KEYS.join(' and ')}` : `did you mean "${near}"?`;
      return { line, message: `unknown key "${spelling}" in [${section.name}] (${hint})` };
    });
}

/** A section near a name that means something is a slip of the pen; what another one is for cannot be known. */
function strangeSections(
  config: RunConfig,
  images: readonly string[],
): Record<'errors' | 'warnings', readonly Remark[]> {
  const known = new Set([...images, ...RUN_IMAGE_SECTIONS, ...config.envSections]);
  // An env= may name what is not there; that is its own mistake.
  const real = [...known].filter((name) => !config.envSections.has(name) || config.sections.has(name));
  const strange = [...config.sections.values()]
    .filter(({ name }) => !known.has(name))
    .map((section) => ({ ...section, near: nearName(section.name, [...real, config.defaults.name]) }));
  return {
    errors: strange.flatMap(({ name, line, near }) =>
      near === undefined ? [] : [{ line, message: `unknown section [${name}] (did you mean "${near}"?)` }],
    ),
    warnings: strange
      .filter(({ near }) => near === undefined)
      .map((section) => ({ line: section.line, message: `section [${section.name}] ${noUse(section)}` })),
  };
}

function noUse({ name, entries }: ConfigSection): string {
  const meant = 'belongs to no image, and no env= names it';
  const isAsOfImage = entries.size > 0 && [...entries.keys()].every((key) => keyNamed(key));
  return isAsOfImage ? `${meant}: list ${name} in ${SYNTHETIC_IMAGES} of [run_image] to run it` : meant;
}
