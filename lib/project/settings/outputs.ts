import { isAbsolute, posix, resolve } from 'node:path';
import type { Origin } from '../../text/word.js';
import type { SectionReader } from '../run-cfg/section.js';

/** Something that a container makes, and where it is to be here. */
export interface Output {
  /** Absolute, in the container. */
  from: string;
  /** Absolute, here. */
  to: string;
  /** Whether it was written as a path of the project, and not as one that leads out of it. */
  within: boolean;
  origin?: Origin;
}

/** Reads `outputs`: `/path/inside:here`, of which the second starts from the project's root. */
export function readOutputs(reader: SectionReader, root: string): Output[] {
  return (reader.words('outputs') ?? []).flatMap(({ text, origin }) => {
    const at = text.indexOf(':');
    const from = text.slice(0, at === -1 ? undefined : at);
    const here = at === -1 ? '' : text.slice(at + 1);
    if (!from.startsWith('/') || here === '') {
      const wanted =
        'takes an absolute path in the container, ":" and a path here, such as /app/reports:reports';
      reader.complain('outputs', `${wanted}; found ${JSON.stringify(text)}`);
      return [];
    }
    if (posix.resolve(from) === '/') {
      reader.complain('outputs', 'names all of the container: name a folder or a file in it');
      return [];
    }
    const to = resolve(root, here);
    const leadsOut = isAbsolute(here) || /^\.\.(?:[/\\]|$)/.test(posix.normalize(here));
    return [{ from: posix.resolve(from), to, within: !leadsOut, ...(origin && { origin }) }];
  });
}
