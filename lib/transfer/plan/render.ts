import { sshWords } from '../../engine/connect/commands.js';
import type { Engine } from '../../engine/types.js';
import { shortDigest } from '../../oci/digest.js';
import { formatBytes } from '../../report/format.js';
import { commandLine } from '../../text/command-line.js';
import type { LayerState, PlannedLayer, TransferPlan } from '../base/types.js';
import { toldOfAttestations } from './attested.js';

const STATES: Readonly<Record<LayerState, string>> = {
  there: 'there',
  probe: 'there, if a probe finds it in this form',
  missing: 'to send',
};

/** The plan for the screen, one line a layer. */
export function renderPlan(plan: TransferPlan): string[] {
  const { reference, target, alreadyThere, layers, base, bytes } = plan;
  const { url } = target.address;
  if (alreadyThere !== undefined)
    return [`${reference} is on ${url} already (${shortDigest(alreadyThere)}): nothing to send`];
  const missing = layers.filter(({ state }) => state === 'missing').length;
  return [
    `${reference} to ${url}: ${missing} of ${layers.length} layers are missing, ${sizeRange(bytes)} before compression`,
    ...layers.map((layer, i) => {
      const length = layer.size === undefined ? '?' : formatBytes(layer.size);
      return `  ${i + 1}. ${shortDigest(layer.diffId)}  ${length.padStart(7)}  ${STATES[layer.state]}${way(layer, base)}`;
    }),
    ...toldOfAttestations(plan).map((line) => `  ${line}`),
    ...('none' in base ? [`  all that goes, goes whole: ${base.none}`] : []),
  ];
}

function way({ state, way }: PlannedLayer, base: TransferPlan['base']): string {
  if ('none' in base || state === 'there') return '';
  const how = way === 'delta' ? `as what ${base.name} lacks` : 'whole since it is small';
  return state === 'probe' ? `, else ${how}` : `, ${how}`;
}

/** In a sentence what the target would get: `layers 6-8 of 8, about 31.8kB before compression`. */
export function renderNeeds({ alreadyThere, layers, base, bytes }: TransferPlan): string {
  if (alreadyThere !== undefined) return 'nothing, the image is there';
  const numbered = layers.map((layer, index) => ({ ...layer, number: index + 1 }));
  const missing = numbered.filter(({ state }) => state === 'missing');
  const doubtful = numbered.filter(({ state }) => state === 'probe');
  const partly = 'none' in base ? [] : missing.filter(({ way }) => way === 'delta');
  if (missing.length + doubtful.length === 0) return 'no layer, only what the image says of itself';
  const parts = [
    ...(missing.length > 0
      ? [`${missing.length === 1 ? 'layer' : 'layers'} ${rangesOf(missing)} of ${layers.length}`]
      : []),
    `${sizeRange(bytes)} before compression`,
    ...(partly.length > 0 && 'name' in base ? [`of ${rangesOf(partly)} only what ${base.name} lacks`] : []),
    ...(doubtful.length > 0 ? [`${rangesOf(doubtful)} only if a probe does not find it`] : []),
  ];
  return parts.join(', ');
}

/** `1, 3-5` */
function rangesOf(layers: readonly { number: number }[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const { number } of layers) {
    const range = ranges.at(-1);
    if (range?.last === number - 1) range.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

/** `about 31.8kB`, `about 1.2kB to 3MB` */
function sizeRange({ least, most }: TransferPlan['bytes']): string {
  return `about ${least === most ? '' : `${formatBytes(least)} to `}${formatBytes(most)}`;
}

/** The line that does the same with the docker CLI, or with `ctr`, sending everything: `docker save … | ssh … docker load`. */
export function transferCommand({ source, target, reference, there, platform }: TransferPlan): string {
  const which = platform === undefined ? [] : ['--platform', platform];
  const save = commandLine(['docker', ...source.address.cliFlags, 'save', ...which, reference]);
  const renamed = there === reference ? [] : [onTarget(target, ['tag', reference, there])];
  return [`${save} | ${loadCommand(target)}`, ...renamed].join(' && ');
}

function loadCommand(engine: Engine): string {
  switch (engine.address.target.kind) {
    case 'ssh':
      return `gzip | ${onTarget(engine, ['load'])}`;
    case 'ctr':
      return onTarget(engine, ['images', 'import', '-']);
    default:
      return onTarget(engine, ['load']);
  }
}

function onTarget({ address: { target, cliFlags }, content }: Engine, words: readonly string[]): string {
  switch (target.kind) {
    case 'ssh':
      return commandLine([...sshWords(target), 'docker', ...words]);
    case 'ctr':
      return commandLine([...sshWords(target), ...(content?.command ?? ['ctr']), ...words]);
    default:
      return commandLine(['docker', ...cliFlags, ...words]);
  }
}
