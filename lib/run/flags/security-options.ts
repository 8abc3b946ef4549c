import { cut } from '../../flags/key-value.js';
import { ValueError } from '../../text/flag-error.js';
import { messageOf } from '../../text/thrown.js';

/** Security options as the request holds them. */
export interface SecurityOptions {
  options: string[] | null;
  /** Empty where `systempaths=unconfined` takes the engine's masks away, else null. */
  maskedPaths: string[] | null;
}

/**
 * Reads `--security-opt` values. A seccomp profile is a file of this machine, of which the engine gets the content.
 * @param readFile gives a profile's text; its error becomes part of the message.
 */
export function readSecurityOption(text: string, readFile: (path: string) => string): string {
  const [key, afterEquals] = cut(text, '=');
  if (key === 'no-new-privileges') return text;
  const [name, setting] = afterEquals === undefined ? cut(text, ':') : [key, afterEquals];
  if (name === 'no-new-privileges') return text;
  if (!setting) throw new ValueError(`Invalid --security-opt: "${text}"`);
  if (name !== 'seccomp' || setting === 'builtin' || setting === 'unconfined') return text;
  return `seccomp=${compactProfile(setting, readFile)}`;
}

export function collectSecurityOptions(given: readonly string[]): SecurityOptions {
  const options = given.filter((option) => option !== 'systempaths=unconfined');
  return {
    options: given.length > 0 ? options : null,
    maskedPaths: options.length < given.length ? [] : null,
  };
}

function compactProfile(path: string, readFile: (path: string) => string): string {
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    throw new ValueError(`opening seccomp profile (${path}) failed: ${messageOf(error)}`);
  }
  try {
    JSON.parse(content);
  } catch (error) {
    throw new ValueError(`compacting json for seccomp profile (${path}) failed: ${messageOf(error)}`);
  }
  return content.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string?: string) => string ?? '');
}
