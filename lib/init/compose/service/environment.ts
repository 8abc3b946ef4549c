import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../../text/record.js';
import type { Converter } from '../converter.js';
import { NotCarried } from '../not-carried.js';
import type { Target } from '../target.js';
import { isTrue, only, pairsOf } from '../values.js';

export const environment: Converter = (value, to) => {
  const keys = isRecord(value);
  pairsOf(value).forEach(([name, text], index) => {
    to.at(keys ? name : index).attempt((target) =>
      target.add('environment', '-e', target.word(text === undefined ? name : `${name}=${text}`)),
    );
  });
};

export const envFile: Converter = (value, to) =>
  to.each(value, (item, target) => {
    const { path, format, required } = isRecord(item)
      ? only(item, ['path', 'required', 'format'])
      : { path: item, format: undefined, required: undefined };
    const word = target.hostPath(target.word(path));
    const text = textOf(word, target);
    if (text === undefined && required !== undefined && !isTrue(required))
      throw new NotCarried('is not there and need not be, and --env-file of docker run must');
    if (format === undefined && hasWordsOfItsOwn(text ?? ''))
      target.told('has quotes or $ in it, which stay as they are with --env-file of docker run');
    target.conversion.confidential.add(word);
    target.add('environment', '--env-file', word);
  });

function textOf(word: string, { conversion }: Target): string | undefined {
  const path = word.replace('{project_root}', conversion.root);
  return existsSync(path) ? readFileSync(join(path), 'utf8') : undefined;
}

function hasWordsOfItsOwn(text: string): boolean {
  return text.split('\n').some((line) => !line.trimStart().startsWith('#') && /["'$]/.test(line));
}
