import { formatAge, formatBytes, renderTable, type TableSurface } from '../report/index.js';
import type { Palette } from '../report/palette.js';
import { isSameImage, type StoredImage } from './stored-image.js';

/** An image that is asked for. */
export interface AskedImage {
  /** The image's name, of a builder stage that of the image that it is of. */
  name: string;
  role: 'image' | 'builder' | 'synthetic';
  /** What the table shows as the image's name. */
  label: string;
  reference: string;
  tag: string;
  /** Whether a build makes it; a synthetic image may run one that is pulled. */
  built: boolean;
  /** Names of the hosts where it belongs, too. */
  hosts: readonly string[];
}

/** What the engine of one place answered. */
export interface Answer {
  /** By reference; undefined where it could not be asked. */
  images?: ReadonlyMap<string, StoredImage>;
  /** References of images that are said to be there, and have gone. */
  stale?: ReadonlySet<string>;
}

export interface ImageTable {
  /** The name that the own engine has in the table. */
  here: string;
  images: readonly AskedImage[];
  /** By place: `here`, and every host that an image belongs to. */
  answers: ReadonlyMap<string, Answer>;
  now: Date;
}

const SIZE_COLUMN = -3;

/** An image at one place. */
export interface ImageAtPlace {
  place: string;
  state: ImageState;
  stored?: StoredImage;
}

/** Where an image was looked for, and what was found: here first, then at each host where it belongs. */
export function placesOf(
  image: AskedImage,
  { here, answers }: Omit<ImageTable, 'images' | 'now'>,
): ImageAtPlace[] {
  const own = answers.get(here)?.images?.get(image.reference);
  return [here, ...image.hosts].map((place) => {
    const answer = answers.get(place);
    const stored = answer?.images?.get(image.reference);
    const state =
      place === here
        ? stateHere(image, stored)
        : answer?.stale?.has(image.reference)
          ? 'stale'
          : stateThere(answer, stored, own);
    return { place, state, ...(stored && { stored }) };
  });
}

/** A table of images, where they are, and how what is there differs from what is here; a line a row. */
export function renderImageTable(
  { here, images, answers, now }: ImageTable,
  palette: Palette,
  surface: Omit<TableSurface, 'ellipsis'> = {},
): string[] {
  const withPlaces = answers.size > 1;
  const heading = ['IMAGE', 'TAG', ...(withPlaces ? ['WHERE'] : []), 'STATE', 'SIZE', 'AGE', 'VERSION'];
  const rows = images.flatMap((image) =>
    placesOf(image, { here, answers }).map(({ place, state, stored }, index) => {
      return [
        ...(index === 0 ? [image.label, image.tag] : ['', '']),
        ...(withPlaces ? [place] : []),
        palette[COLOUR_OF[state]](state),
        ...(stored ? factsOf(stored, now) : ['', '', '']),
      ];
    }),
  );
  const [head = '', ...lines] = renderTable([heading, ...rows], [heading.length + SIZE_COLUMN], {
    ...surface,
    ellipsis: palette.signs.ellipsis,
  });
  return [palette.bold(head), ...lines];
}

/** Size, age and version. */
function factsOf({ size, created, version = '' }: StoredImage, now: Date): string[] {
  return [formatBytes(size), created ? formatAge(created, now) : '', version];
}

const COLOUR_OF = {
  built: 'green',
  there: 'green',
  same: 'green',
  different: 'yellow',
  'not built': 'yellow',
  'not there': 'yellow',
  stale: 'yellow',
  unreachable: 'red',
} as const satisfies Record<string, keyof Palette>;

export type ImageState = keyof typeof COLOUR_OF;

function stateHere({ built }: AskedImage, stored: StoredImage | undefined): ImageState {
  if (built) return stored ? 'built' : 'not built';
  return stored ? 'there' : 'not there';
}

function stateThere(
  answer: Answer | undefined,
  stored: StoredImage | undefined,
  own: StoredImage | undefined,
): ImageState {
  if (!answer?.images) return 'unreachable';
  if (!stored) return 'not there';
  if (!own) return 'there';
  return isSameImage(own, stored) ? 'same' : 'different';
}
