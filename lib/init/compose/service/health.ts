import { shellQuote } from '../../../text/command-line.js';
import type { Converter } from '../converter.js';
import { NotCarried } from '../not-carried.js';
import { isTrue, only, scalar } from '../values.js';

/** A health check as flags, by which `ready` is `healthy`. */
export const healthcheck: Converter = (value, to) => {
  const check = only(value, [
    'test',
    'interval',
    'timeout',
    'retries',
    'start_period',
    'start_interval',
    'disable',
  ]);
  if (isTrue(check.disable) || (Array.isArray(check.test) && check.test[0] === 'NONE'))
    return to.add('args', '--no-healthcheck');
  if (check.test !== undefined)
    to.at('test').attempt((target) => target.flag('health-cmd', testOf(check.test)));
  for (const key of ['interval', 'timeout', 'retries', 'start_period', 'start_interval'])
    if (check[key] !== undefined)
      to.at(key).attempt((target) => target.flag(`health-${key.replace('_', '-')}`, check[key]));
};

/** `docker run` has a shell read the command. */
function testOf(test: unknown): string {
  if (!Array.isArray(test)) return oneLine(scalar(test));
  const [kind, ...words] = test.map(scalar);
  if (kind === 'CMD-SHELL') return oneLine(words.join(' '));
  if (kind === 'CMD') return words.map(shellQuote).join(' ');
  throw new NotCarried('begins with neither CMD nor CMD-SHELL');
}

function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
