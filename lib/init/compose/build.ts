import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isRecord } from '../../text/record.js';
import { convertAll, type Converter } from './converter.js';
import { NotCarried } from './not-carried.js';
import { rebasedDockerfile, rebasedIgnoreFile } from './rebased.js';
import { addHosts, addPairs } from './service/flags.js';
import type { Target } from './target.js';
import { isTrue, listOf, pairsOf, scalar } from './values.js';

/** A file of the project that is written. */
export interface BuiltFile {
  path: string;
  content: string;
}

/** The files that make `docker/<image>` of a `build:`; its flags are added to the section. */
export function buildOf(image: string, value: unknown, to: Target): BuiltFile[] {
  const build = isRecord(value) ? value : { context: value };
  const files = dockerfileOf(image, build, to);
  const settings = Object.entries(build).filter(([key]) => !PLACES.includes(key) && !key.startsWith('x-'));
  convertAll(settings, to, FLAGS);
  return files;
}

/** What two services share whose images are the same. */
export function buildKey(value: unknown): string {
  return JSON.stringify(isRecord(value) ? value : { context: value });
}

const PLACES = ['context', 'dockerfile', 'dockerfile_inline'];

function dockerfileOf(image: string, build: Record<string, unknown>, to: Target): BuiltFile[] {
  const context = contextOf(build.context, to.at('context'));
  const { root } = to.conversion;
  const folder = `docker/${image}`;
  const ignored = context === '.' ? undefined : textAt(root, posix.join(context, '.dockerignore'));
  const source = sourceOf(context, build, to);
  const { text, problems } = rebasedDockerfile(source.text, context);
  for (const { line, message } of problems) to.told(`builds ${source.name}, whose line ${line} ${message}`);
  return [
    { path: `${folder}/Dockerfile`, content: text },
    ...(context === '.'
      ? []
      : [{ path: `${folder}/Dockerfile.dockerignore`, content: rebasedIgnoreFile(ignored ?? '', context) }]),
  ];
}

function sourceOf(
  context: string,
  { dockerfile, dockerfile_inline: inline }: Record<string, unknown>,
  to: Target,
): { name: string; text: string } {
  if (inline !== undefined) return { name: 'its dockerfile_inline', text: scalar(inline) };
  const path = posix.join(context, dockerfile === undefined ? 'Dockerfile' : scalar(dockerfile));
  const text = textAt(to.conversion.root, path);
  if (text === undefined) throw new NotCarried(`needs ${path}, which is not there`, to.path);
  return { name: path, text };
}

/** The context, relative to the project's root, which is the context here. */
function contextOf(value: unknown, to: Target): string {
  const written = value === undefined ? '.' : scalar(value);
  if (written.includes('$')) throw new NotCarried(`is ${written}: write a folder of the project`, to.path);
  const path = posix.join(to.conversion.folder, written).replace(/\/$/, '');
  if (/^[a-z]+:\/\/|^git@|\.git$/.test(written) || written.startsWith('/') || path.startsWith('..'))
    throw new NotCarried(`is ${written}, and a context is within the project`, to.path);
  return path;
}

function textAt(root: string, path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

const one =
  (flag: string): Converter =>
  (value, to) =>
    to.flag(flag, value, 'build_args');
const each =
  (flag: string): Converter =>
  (value, to) =>
    to.each(value, (item, target) => target.flag(flag, item, 'build_args'));
const truth =
  (flag: string): Converter =>
  (value, to) => {
    if (isTrue(value)) to.add('build_args', `--${flag}`);
  };

/** Attributes of a build that are flags of `docker build`. */
const FLAGS: Readonly<Record<string, Converter>> = {
  args: (value, to) => addPairs(value, to, 'build-arg', 'build_args'),
  labels: (value, to) => {
    for (const [name, text = ''] of pairsOf(value)) to.flag('label', `${name}=${text}`, 'build_args');
  },
  target: one('target'),
  network: one('network'),
  shm_size: one('shm-size'),
  no_cache: truth('no-cache'),
  pull: truth('pull'),
  cache_from: each('cache-from'),
  cache_to: each('cache-to'),
  entitlements: each('allow'),
  provenance: one('provenance'),
  sbom: one('sbom'),
  extra_hosts: (value, to) => addHosts(value, to, 'build_args'),
  ssh: each('ssh'),
  platforms: (value, to) =>
    to.add(
      'build_args',
      '--platform',
      listOf(value)
        .map((item) => to.word(item))
        .join(','),
    ),
  additional_contexts: (value, to) => {
    for (const [name, place = ''] of pairsOf(value)) {
      if (place.startsWith('service:')) throw new NotCarried(`has ${place}: FROM the image's name does that`);
      const word = to.word(place);
      const source = /^[a-z-]+:\/\//.test(word) ? word : to.hostPath(word);
      to.add('build_args', '--build-context', `${name}=${source}`);
    }
  },
  secrets: (value, to) =>
    to.each(value, (item, target) => {
      const name = scalar(isRecord(item) ? item.source : item);
      const id = isRecord(item) && item.target !== undefined ? scalar(item.target) : name;
      const secret = target.definition('secrets', name);
      if (secret?.file !== undefined)
        target.add('build_args', '--secret', `id=${id},src=${target.hostPath(target.word(secret.file))}`);
      else if (secret?.environment !== undefined)
        target.add('build_args', '--secret', `id=${id},env=${scalar(secret.environment)}`);
      else throw new NotCarried(`names ${name}, which is no file and no variable here`);
    }),
};
