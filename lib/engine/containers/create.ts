import { printableLine } from '../../text/printable.js';
import type { RequestOptions } from '../client/modem.js';
import { list, matching, object, optional, text } from '../client/shape.js';
import type { Engine } from '../types.js';

const CREATED = object({
  Id: matching(/^[0-9a-f]{64}$/, 'the ID of a container'),
  Warnings: optional(list(text)),
});

export interface CreatedContainer {
  id: string;
  warnings: readonly string[];
}

/**
 * Creates a container, without starting it.
 *
 * @param body as the API has it (POST /containers/create)
 */
export async function createContainer(
  engine: Engine,
  body: object,
  options: Pick<RequestOptions, 'query' | 'signal'> = {},
): Promise<CreatedContainer> {
  const { Id, Warnings = [] } = await engine.client.json('POST', '/containers/create', CREATED, {
    ...options,
    body,
  });
  return { id: Id, warnings: Warnings.map(printableLine) };
}
