import { ValueError } from '../../text/flag-error.js';

/** A `--volume` value. */
export interface Volume {
  /** What stands before the first colon: a path, a volume's name, or empty for an anonymous volume. */
  source: string;
  /** True where the source is a path of the engine's machine. */
  bind: boolean;
}

/**
 * `[source:]target[:options]`. The engine, not this, knows the options.
 *
 * @param endpoint the engine's address: one on a Windows machine (Docker Desktop) takes that machine's paths
 */
export function readVolume(text: string, endpoint?: string): Volume {
  if (text === '') throw new ValueError('invalid empty volume spec');
  if (Buffer.byteLength(text) <= 2) return { source: '', bind: false };
  const sections = splitSections(text);
  refuseShortName(text);
  const [first = '', ...others] = sections;
  const windows = isWindowsPath(first) && others.length > 0 && isOnWindows(endpoint);
  if ((windows ? others : sections).some(isWindowsPath)) {
    throw new ValueError(`invalid spec: ${text}: Windows paths cannot be mounted, write C:\\work as /c/work`);
  }
  if (sections.includes('')) throw new ValueError(`invalid spec: ${text}: empty section between colons`);
  if (sections.length > 3) throw new ValueError(`invalid spec: ${text}: too many colons`);
  const source = others.length === 0 ? '' : first;
  return { source, bind: windows || /^[./~]/.test(source) };
}

/** `x:/y`, which looks like a Windows path, as engines refuse it. */
function refuseShortName(text: string): void {
  const [, letter] = /^(\p{L}):\/[^:\\]*(?::[^/\\]*)?$/u.exec(text) ?? [];
  if (letter === undefined) return;
  throw new ValueError(
    `create ${letter}: volume name is too short, names should be at least two alphanumeric characters`,
  );
}

function isWindowsPath(section: string): boolean {
  return /^(\p{L}:[\\/]|\\\\)/u.test(section);
}

/** Whether paths of this machine are those of a Windows machine, and the engine at that address knows them. */
function isOnWindows(endpoint: string | undefined): boolean {
  return process.platform === 'win32' && endpoint !== undefined && /^(npipe|unix):/.test(endpoint);
}

/** Docker takes the colon behind a single letter for a drive's. */
function splitSections(text: string): string[] {
  const sections: string[] = [];
  let drive = '';
  for (const part of text.split(':')) {
    if (drive === '' && /^\p{L}$/u.test(part)) {
      drive = `${part}:`;
    } else {
      sections.push(drive + part);
      drive = '';
    }
  }
  return drive === '' ? sections : [...sections, drive.slice(0, -1)];
}

/**
 * The volume as a bind: a path that begins with a dot becomes absolute.
 *
 * @throws {ValueError} where that is a path of Windows, and the engine at `endpoint` is elsewhere
 */
export function toBind(
  text: string,
  volume: Volume,
  resolve: (path: string) => string,
  endpoint?: string,
): string {
  if (!volume.bind || !volume.source.startsWith('.')) return text;
  const source = resolve(volume.source);
  if (endpoint !== undefined && isWindowsPath(source) && !isOnWindows(endpoint)) {
    throw new ValueError(`invalid spec: ${text}: the engine at ${endpoint} knows no ${source}`);
  }
  return source + text.slice(volume.source.length);
}
