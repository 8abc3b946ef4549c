import { UserError } from '../../text/user-error.js';
import { formatPep440, parsePep440, type Pep440 } from './pep440.js';
import type { ScmConfiguration } from './settings.js';

/** The version that a tag, or a name like one, stands for. */
export interface ScmTag {
  /** In its normal form, unless the configuration says `normalize = false`. */
  text: string;
  parsed: Pep440;
}

/**
 * Takes the version out of a tag by the configured `tag_regex` (`tag_to_version` of setuptools-scm).
 *
 * @returns undefined where the expression does not match
 * @throws {UserError} `BAD_TAG` where what it matches is no version
 */
export function readTag(tag: string, configuration: ScmConfiguration): ScmTag | undefined {
  const match = matchTag(tag, configuration.tagRegex);
  if (!match) return undefined;
  const whole = configuration.since9 ? scmTag(match.version + match.suffix, configuration) : undefined;
  const version = whole ?? scmTag(match.version, configuration);
  if (version) return version;
  throw badTag(tag, configuration);
}

export function badTag(tag: string, { origin }: ScmConfiguration): UserError {
  const remedy = `delete the tag, or set "tag_regex" or a git describe command in ${origin}`;
  return new UserError('BAD_TAG', `the tag "${tag}" holds no version that Python knows: ${remedy}`);
}

/** What `tag_regex` takes for the version, and what follows it in the text that matches. */
export function matchTag(tag: string, tagRegex: RegExp): { version: string; suffix: string } | undefined {
  const match = tagRegex.exec(tag);
  if (!match) return undefined;
  const single = match.length === 2;
  const version = single ? match[1] : match.groups?.version;
  const [, end = 0] = (single ? match.indices?.[1] : match.indices?.groups?.version) ?? [];
  return version ? { version, suffix: match[0].slice(end - match.index) } : undefined;
}

function scmTag(text: string, { normalize }: ScmConfiguration): ScmTag | undefined {
  const parsed = parsePep440(text);
  return parsed && { parsed, text: normalize ? formatPep440(parsed) : text };
}
