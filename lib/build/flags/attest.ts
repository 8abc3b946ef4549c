import { readCsv } from '../../flags/csv.js';
import { readBoolean } from '../../flags/flag-table.js';
import { cut } from '../../flags/key-value.js';
import { ValueError } from '../../text/flag-error.js';

/** What is to be attested of an image, as one `--attest` says it. */
export interface Attestation {
  /** `provenance` or `sbom`; others are left to BuildKit to judge. */
  type: string;
  disabled: boolean;
  attributes: Readonly<Record<string, string>>;
}

/**
 * An `--attest` value: `type=sbom,generator=image`, `type=provenance,mode=max`.
 * @throws {ValueError} in the words of buildx
 */
export function readAttestation(text: string): Attestation {
  let type = '';
  let disabled = false;
  const attributes = new Map<string, string>();
  for (const field of readCsv(text)) {
    const [key, value] = cut(field, '=');
    if (value === undefined) throw new ValueError(`invalid value ${field}`);
    const name = key.toLowerCase().trim();
    if (name === 'type') type = value;
    else if (name === 'disabled') disabled = readSwitch(field, value);
    else attributes.set(key, value);
  }
  if (type === '') throw new ValueError('attestation type not specified');
  return { type, disabled, attributes: Object.fromEntries(attributes) };
}

/** The value of `--provenance` or `--sbom`, which stand for an `--attest` of that type: a boolean, or its attributes. */
export function readShorthand(type: 'provenance' | 'sbom'): (text: string) => Attestation | undefined {
  return (text) => {
    if (text === '') return undefined;
    let isOn: boolean;
    try {
      isOn = readBoolean(text);
    } catch {
      return readAttestation(`type=${type},${text}`);
    }
    return { type, disabled: !isOn, attributes: {} };
  };
}

/** What BuildKit is told for each type (its attributes `attest:…`): the first word on a type counts, as in buildx. */
export function attestationsOf(given: readonly (Attestation | undefined)[]): Record<string, string> {
  const first = new Map<string, Attestation>();
  for (const one of given) if (one && !first.has(one.type)) first.set(one.type, one);
  const wanted = [...first.values()].filter(({ disabled }) => !disabled);
  return Object.fromEntries(wanted.map((one) => [one.type, fieldsOf(one)]));
}

function fieldsOf({ type, attributes }: Attestation): string {
  const sorted = Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1));
  return [['type', type], ...sorted].map(([key, value]) => csvField(`${key}=${value}`)).join(',');
}

/** Quotes a field as Go's encoding/csv does, which buildx uses where a field needs quotes. */
function csvField(text: string): string {
  return /[,"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function readSwitch(field: string, text: string): boolean {
  try {
    return readBoolean(text);
  } catch {
    throw new ValueError(
      `invalid value ${field}: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
}
