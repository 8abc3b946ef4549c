import { basename, join, resolve } from 'node:path';
import { readText } from '../read-text.js';
import type { Answer, Source, VersionDictionary } from '../types.js';
import { parseDescribed } from './describe.js';
import { renderScheme } from './schemes.js';
import type { ScmConfiguration } from './settings.js';
import { badTag, readTag, type ScmTag } from './tag.js';

type Found = Pick<Answer, 'dictionary' | 'source'>;

/**
 * Where there is no repository: the file that git-archive filled in, the metadata of an sdist, the name of the folder,
 * the configured version, in the order of setuptools-scm.
 */
export async function askFallbacks(
  root: string,
  configuration: ScmConfiguration,
  time: Date,
): Promise<Found | undefined> {
  return (
    (await askArchival(root, configuration, time)) ??
    (await askPackageInfo(root)) ??
    askFolder(root, configuration)
  );
}

async function askArchival(
  root: string,
  configuration: ScmConfiguration,
  time: Date,
): Promise<Found | undefined> {
  const data = headers(await readText(join(root, '.git_archival.txt')));
  const node = data.get('node');
  const revision = node?.toUpperCase().includes('$FORMAT') ? undefined : node;
  const date = data.get('node-date')?.replace(/([+-]\d\d):(\d\d)$/, '$1$2');
  const found = (tag: ScmTag, distance: number, short: string | null) => {
    const state = { tag, distance, node: short, dirty: false, branch: null, time };
    return answer(renderScheme(state, configuration), 'keywords', {
      'full-revisionid': revision ?? null,
      date,
    });
  };
  const described = data.get('describe-name');
  if (described !== undefined && !described.includes('%(describe')) {
    const { name, distance, node: short } = parseDescribed(described, configuration);
    const tag = readTag(name, configuration);
    if (!tag) throw badTag(name, configuration);
    return found(tag, distance, short);
  }
  for (const [ref] of (data.get('ref-names') ?? '').matchAll(/(?<=\btag: )([^,]+)\b/g)) {
    const tag = readTag(ref, configuration);
    if (tag) return found(tag, 0, null);
  }
  return revision === undefined
    ? undefined
    : found({ text: '0.0', parsed: { epoch: '0', release: ['0', '0'] } }, 0, revision);
}

async function askPackageInfo(root: string): Promise<Found | undefined> {
  const version = headers(await readText(join(root, 'PKG-INFO'))).get('version');
  return version === undefined || version === 'UNKNOWN' ? undefined : answer(version, 'file');
}

function askFolder(root: string, configuration: ScmConfiguration): Found | undefined {
  const { parentdirPrefix, fallbackVersion } = configuration;
  const folder = basename(resolve(root));
  if (parentdirPrefix !== undefined && folder.startsWith(parentdirPrefix)) {
    const tag = readTag(folder.slice(parentdirPrefix.length), configuration);
    if (tag) return answer(tag.text, 'parentdir');
  }
  return fallbackVersion === undefined ? undefined : answer(fallbackVersion, 'fallback');
}

function answer(version: string, source: Source, known: Partial<VersionDictionary> = {}): Found {
  return {
    dictionary: {
      version,
      'full-revisionid': known['full-revisionid'] ?? null,
      dirty: false,
      error: null,
      date: known.date ?? null,
    },
    source,
  };
}

/** The fields of a file in the form of mail headers, their names in lower case. */
function headers(text = ''): Map<string, string> {
  const [head = ''] = text.split('\n\n');
  const fields = head.replace(/\n[ \t]+/g, ' ').matchAll(/^([^\s:]+):(.*)$/gm);
  return new Map([...fields].map(([, name = '', value = '']) => [name.toLowerCase(), value.trim()]));
}
