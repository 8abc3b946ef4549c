import { readCsv } from '../../flags/csv.js';
import { cut } from '../../flags/key-value.js';
import { ValueError } from '../../text/flag-error.js';

/**
 * An `--allow` value; whether the engine grants it is its own decision. Undefined for an empty one.
 * @throws {ValueError} for what BuildKit knows no entitlement by
 */
export function readEntitlement(text: string): string | undefined {
  if (text === '') return undefined;
  const [name, device] = cut(text, '=');
  if (name === 'device') checkDevice(device ?? '');
  else if (text !== 'network.host' && text !== 'security.insecure')
    throw new ValueError(`unknown entitlement ${text}`);
  return text;
}

/** `NAME[,alias=NAME]`; every device where there is none. */
function checkDevice(text: string): void {
  if (text === '') return;
  for (const field of readCsv(text).slice(1)) {
    const [key, value] = cut(field, '=');
    if (value === undefined) throw new ValueError(`invalid device config ${JSON.stringify(field)}`);
    if (key !== 'alias') throw new ValueError(`unknown device config key ${JSON.stringify(key)}`);
  }
}
