import { readCsv } from '../../flags/csv.js';
import { readDecimal } from '../../flags/integer.js';
import { cut, toMap } from '../../flags/key-value.js';
import { ValueError } from '../../text/flag-error.js';
import { messageOf } from '../../text/thrown.js';
import type { DeviceRequest } from './create-container-body.js';

/** `all`, a count, or `device=0,driver=…,capabilities=…,options=…`; a value with commas stands in double quotes. */
export function readGpus(text: string): DeviceRequest {
  const request: Partial<DeviceRequest> = {};
  const seen = new Set<string>();
  for (const field of readCsv(text)) {
    const [key, value] = cut(field, '=');
    if (seen.has(key)) throw new ValueError(`gpu request key '${key}' can be specified only once`);
    seen.add(key);
    if (value === undefined) {
      seen.add('count');
      request.Count = readCount(key);
    } else {
      setField(request, key, value, field);
    }
  }
  const oneByDefault = !seen.has('count') && !request.DeviceIDs;
  return {
    Driver: request.Driver ?? '',
    Count: request.Count ?? (oneByDefault ? 1 : 0),
    DeviceIDs: request.DeviceIDs ?? null,
    Capabilities: request.Capabilities ?? [['gpu']],
    Options: request.Options ?? {},
  };
}

function setField(request: Partial<DeviceRequest>, key: string, value: string, field: string): void {
  if (key === 'driver') request.Driver = value;
  else if (key === 'count') request.Count = readCount(value);
  else if (key === 'device') request.DeviceIDs = value.split(',');
  else if (key === 'capabilities') request.Capabilities = [[...value.split(','), 'gpu']];
  else if (key === 'options') request.Options = toMap(readOptions(value));
  else throw new ValueError(`unexpected key '${key}' in '${field}'`);
}

function readOptions(text: string): string[] {
  try {
    return readCsv(text);
  } catch (error) {
    throw new ValueError(`failed to read gpu options: ${messageOf(error)}`);
  }
}

function readCount(text: string): number {
  if (text === 'all') return -1;
  try {
    return readDecimal(text, { bits: 64, signed: true });
  } catch (error) {
    const reason = messageOf(error);
    throw new ValueError(`invalid count (${text}): value must be either "all" or an integer: ${reason}`);
  }
}
