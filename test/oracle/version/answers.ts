import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VersionDictionary } from '../../../lib/version/index.js';
import { GIT_ENVIRONMENT } from './repository.js';

/** Versioneer's dictionary; the version alone from the other tools; or the name of the exception. */
export type Recorded = VersionDictionary | { version: string } | { raises: string };

/** By the names of the case and of the question. */
export type Answers = Record<string, Record<string, Recorded>>;

export interface Recording {
  tools: string[];
  git: string;
  answers: Answers;
  /** What other versions of the tools answered where it was something else. */
  differences: Record<string, Answers>;
}

export function readRecording(): Recording {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'answers.json'), 'utf8')) as Recording;
}

/** The environment that a question is asked in: nothing of the user's own. */
export function askedEnvironment(env: Record<string, string> = {}): Record<string, string> {
  const { PATH, HOME, GIT_CONFIG_NOSYSTEM, GIT_CONFIG_GLOBAL } = GIT_ENVIRONMENT;
  return { PATH, HOME, GIT_CONFIG_NOSYSTEM, GIT_CONFIG_GLOBAL, TZ: 'UTC', ...env };
}
