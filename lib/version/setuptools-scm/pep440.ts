import { VERSION_PATTERN } from '@renovatebot/pep440/lib/version.js';

const VERSION = new RegExp(`^\\s*${VERSION_PATTERN}\\s*$`, 'i');

/** A version by PEP 440, its numbers as digits without leading zeros (a date with seconds exceeds JavaScript's own). */
export interface Pep440 {
  epoch: string;
  release: readonly string[];
  /** Such as `rc1`. */
  pre?: string;
  /** Such as `post2`. */
  post?: string;
  /** Such as `dev0`. */
  dev?: string;
  /** Without its `+`. */
  local?: string;
}

/** Undefined where the text is no version. */
export function parsePep440(text: string): Pep440 | undefined {
  const groups = VERSION.exec(text)?.groups;
  if (!groups) return undefined;
  const { epoch = '0', release = '', pre_l, pre_n, post, post_n1, post_n2, dev, dev_n, local } = groups;
  return {
    epoch: number(epoch),
    release: release.split('.').map(number),
    pre: pre_l && letterOf(pre_l.toLowerCase()) + number(pre_n),
    post: post && `post${number(post_n1 ?? post_n2)}`,
    dev: dev && `dev${number(dev_n)}`,
    local: local && local.toLowerCase().split(/[-_.]/).map(localPart).join('.'),
  };
}

/** The normal form, as `str()` of Python's packaging gives it. */
export function formatPep440(version: Pep440): string {
  return publicPart(version) + (version.local === undefined ? '' : `+${version.local}`);
}

/** The normal form without the local part. */
export function publicPart({ epoch, release, pre, post, dev }: Pep440): string {
  const suffix = [pre, post && `.${post}`, dev && `.${dev}`].filter(Boolean).join('');
  return (epoch === '0' ? '' : `${epoch}!`) + release.join('.') + suffix;
}

/**
 * The version as `version_tuple` has it, `[1, 2, 'rc1', 'dev3', 'g0123abc']` (`_version_as_tuple` of
 * setuptools-scm).
 */
export function versionTuple(text: string): (string | bigint)[] {
  const version = parsePep440(text);
  if (!version) return [text];
  const { epoch, release, pre, post, dev, local } = version;
  const suffixes = [pre, post, dev, local].filter((part) => part !== undefined);
  return [...(epoch === '0' ? [] : [`${epoch}!`]), ...release.map(BigInt), ...suffixes];
}

/** Other spellings of `a`, `b` and `rc`. */
const SPELLINGS = new Map([
  ['alpha', 'a'],
  ['beta', 'b'],
  ['c', 'rc'],
  ['pre', 'rc'],
  ['preview', 'rc'],
]);

function letterOf(spelling: string): string {
  return SPELLINGS.get(spelling) ?? spelling;
}

function number(digits = '0'): string {
  return digits.replace(/^0+(?=\d)/, '');
}

function localPart(part: string): string {
  return /^\d+$/.test(part) ? number(part) : part;
}
