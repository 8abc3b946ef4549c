import { randomBytes } from 'node:crypto';
import { makerOf } from '../../engine/makers/index.js';
import type { EngineFacts } from '../../engine/types.js';
import { tarFile } from '../../oci/tar-writer.js';
import { UserError } from '../../text/user-error.js';
import type { BuildQuery } from '../flags/index.js';
import type { BuildPlan } from '../plan.js';
import { readSecrets } from '../session/secrets.js';

/**
 * Secrets for a builder that takes them as files of the context, which it moves out of that before it builds.
 *
 * @returns the parameters that name them, and what stands before the context's archive
 * @throws {UserError} `BUILD_SECRET` that names the id and never the value, for an id that would be misread, too
 */
export async function secretFiles(
  { secrets }: BuildPlan,
  facts: EngineFacts,
  env: NodeJS.ProcessEnv,
): Promise<{ query: BuildQuery; before: Buffer }> {
  const { builder, title } = makerOf(facts);
  if (!builder || secrets.size === 0) return { query: {}, before: Buffer.alloc(0) };
  for (const id of secrets.keys()) {
    if (!/[,="]/.test(id)) continue;
    const sentence = `The secret ${id} cannot be given to ${title}, which reads signs of its id otherwise: rename it.`;
    throw new UserError('BUILD_SECRET', sentence);
  }
  const values = await readSecrets(secrets, env);
  // Names that no file of a project has.
  const files = Array.from(values, ([id, value]) => {
    return { id, value, name: `.secret.${randomBytes(10).toString('hex')}` };
  });
  return {
    query: builder.secretFiles(new Map(files.map(({ id, name }) => [id, name]))),
    before: Buffer.concat(files.map(({ name, value }) => tarFile(name, value, 0o600))),
  };
}
