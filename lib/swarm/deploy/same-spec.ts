import { isRecord } from '../../text/record.js';
import { SPEC_LABEL } from '../draft/labels.js';
import { essenceOf } from '../essence.js';
import type { ServiceSpec } from '../flags/service-spec.js';

/**
 * Whether a service is what it is to be: made from the same, and not changed by hand since. A swarm adds what it takes for
 * granted, and leaves out what is empty.
 */
export function isSameSpec(stored: Readonly<Record<string, unknown>>, wanted: ServiceSpec): boolean {
  const { Labels: labels } = stored;
  const sign = isRecord(labels) ? labels[SPEC_LABEL] : undefined;
  return sign === wanted.Labels[SPEC_LABEL] && covers(stored, wanted);
}

/** Lists in which the order says something. */
const IN_ORDER = new Set(['Args', 'Command', 'Test']);

/** Whether a value has all that another one says. */
function covers(whole: unknown, part: unknown, name = ''): boolean {
  if (isEmpty(part)) return isEmpty(whole) || isRecord(whole);
  if (Array.isArray(part)) {
    if (!Array.isArray(whole) || whole.length !== part.length) return false;
    const [one, other] = IN_ORDER.has(name) ? [whole, part] : [sorted(whole), sorted(part)];
    return other.every((entry, index) => covers(one[index], entry));
  }
  if (!isRecord(part)) return whole === part;
  return isRecord(whole) && Object.entries(part).every(([key, value]) => covers(whole[key], value, key));
}

function sorted(list: readonly unknown[]): unknown[] {
  return list.toSorted((one, other) => ((essenceOf(one) ?? '') < (essenceOf(other) ?? '') ? -1 : 1));
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value)) return Object.values(value).every(isEmpty);
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}
