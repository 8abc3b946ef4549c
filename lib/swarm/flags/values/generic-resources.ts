import { readDecimal } from '../../../flags/integer.js';
import { cut } from '../../../flags/key-value.js';
import { ValueError } from '../../../text/flag-error.js';
import { filled } from '../filled.js';
import type { Reservations } from '../service-spec.js';

type GenericResources = NonNullable<Reservations['GenericResources']>;

/** A `--generic-resource` value; what it asks for shows only beside the others. */
export function readGenericResource(text: string): string {
  if (!text.includes('='))
    throw new ValueError(`invalid generic-resource format \`${text}\` expected \`name=value\``);
  return text;
}

/** How many of each kind are asked for. One kind cannot be asked for twice, and not by the names of its pieces. */
export function collectGenericResources(given: readonly string[]): GenericResources {
  const kinds = new Map<string, string[]>();
  for (const term of given) {
    const [kind, amount = ''] = cut(term, '=').map((part) => part?.trim());
    if (kind === undefined || amount.includes('=')) {
      throw invalid(`incorrect term ${term}, missing '=' or malformed expression`);
    }
    kinds.set(kind, [...(kinds.get(kind) ?? []), amount]);
  }
  return Array.from(kinds, ([kind, amounts]) => ({
    DiscreteResourceSpec: filled({ Kind: kind, Value: readAmount(kind, amounts) }),
  }));
}

function readAmount(kind: string, amounts: readonly string[]): number {
  const numbers = amounts.map(readCount);
  const [first] = numbers;
  if (numbers.length === 1 && first !== undefined) {
    if (first < 0) throw invalid(`cannot ask for negative resource ${kind}`);
    return first;
  }
  if (numbers.some((number) => number !== undefined)) {
    throw invalid(`mixed discrete and named resources in expression '${kind}=[${amounts.join(' ')}]'`);
  }
  throw new ValueError(
    `invalid generic-resource request \`${kind}=${amounts[0]}\`, Named Generic Resources is not supported for service create or update`,
  );
}

function readCount(text: string): number | undefined {
  try {
    return readDecimal(text, { bits: 64, signed: true });
  } catch {
    return undefined;
  }
}

function invalid(why: string): ValueError {
  return new ValueError(`invalid generic resource specification: could not parse GenericResource: ${why}`);
}
