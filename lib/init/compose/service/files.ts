import { isRecord } from '../../../text/record.js';
import type { Converter } from '../converter.js';
import { NotCarried } from '../not-carried.js';
import { only } from '../values.js';

export const secrets = mountedFiles('secrets', (name) => `/run/secrets/${name}`);
export const configs = mountedFiles('configs', (name) => `/${name}`);

/** Secrets and configs that are files here, which containers see at a place of theirs. */
function mountedFiles(kind: 'secrets' | 'configs', inside: (name: string) => string): Converter {
  return (value, to) =>
    to.each(value, (item, target) => {
      const { source, target: given } = isRecord(item)
        ? only(item, ['source', 'target'])
        : { source: item, target: undefined };
      const name = target.word(source);
      const definition = target.definition(kind, name);
      if (definition?.file === undefined) throw new NotCarried(`names ${name}, which is no file here`);
      const there = given === undefined ? name : target.word(given);
      const place = there.startsWith('/') ? there : inside(there);
      const path = target.hostPath(target.word(definition.file));
      if (kind === 'secrets') target.conversion.confidential.add(path);
      target.add('volumes', '-v', `${path}:${place}:ro`);
    });
}
