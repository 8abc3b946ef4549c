import { ValueError } from '../../text/flag-error.js';

/** A `--volume` value. */
export interface Volume {
  /** What stands before the first colon: a path, a volume's name, or empty for an anonymous volume. */
  source: string;
  /** True where the source is a path of the engine's machine. */
  bind: boolean;
}

/** `[source:]target[:options]`. The engine, not this, knows the options. */
export function readVolume(text: string): Volume {
  if (text === '') throw new ValueError('invalid empty volume spec');
  if (Buffer.byteLength(text) <= 2) return { source: '', bind: false };
  const sections = splitSections(text);
  const [, letter] = /^(\p{L}):\/[^:\\]*(?::[^/\\]*)?$/u.exec(text) ?? [];
  if (letter !== undefined) {
    throw new ValueError(
      `create ${letter}: volume name is too short, names should be at least two alphanumeric characters`,
    );
  }
  if (sections.some((section) => /^(\p{L}:[\\/]|\\\\)/u.test(section))) {
    throw new ValueError(`invalid spec: ${text}: Windows paths cannot be mounted, write C:\\work as /c/work`);
  }
  if (sections.includes('')) throw new ValueError(`invalid spec: ${text}: empty section between colons`);
  if (sections.length > 3) throw new ValueError(`invalid spec: ${text}: too many colons`);
  const [first = '', ...others] = sections;
  const source = others.length === 0 ? '' : first;
  return { source, bind: /^[./~]/.test(source) };
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

/** The volume as a bind: a path that begins with a dot becomes absolute. */
export function toBind(text: string, volume: Volume, resolve: (path: string) => string): string {
  if (!volume.bind || !volume.source.startsWith('.')) return text;
  return resolve(volume.source) + text.slice(volume.source.length);
}
