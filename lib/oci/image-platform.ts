import { ValueError } from '../text/flag-error.js';
import { UserError } from '../text/user-error.js';
import { fieldsOf } from './image-documents.js';
import { readPlatform } from './platform.js';

/** What an image runs on, as its configuration says it. */
export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

/** The platform that a document names in its fields; undefined where it names none. */
export function platformIn(document: unknown): Platform | undefined {
  const { os, architecture, variant } = fieldsOf(document);
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined;
  return { os, architecture, ...(typeof variant === 'string' && { variant }) };
}

/** @throws {UserError} `BAD_PLATFORM` */
export function parsePlatform(text: string): Platform {
  try {
    const { os, architecture, variant } = readPlatform(text);
    return { os, architecture, ...(variant !== '' && { variant }) };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new UserError('BAD_PLATFORM', `${error.message}; write it as linux/amd64 or linux/arm/v7.`);
  }
}

/** `linux/arm/v7`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join('/');
}

/** Whether an image of platform `has` is what `wanted` asks for; a variant counts only where both name one. */
export function isPlatform(has: Platform, wanted: Platform): boolean {
  const variants = [has.variant, wanted.variant].filter(Boolean);
  return has.os === wanted.os && has.architecture === wanted.architecture && new Set(variants).size <= 1;
}
