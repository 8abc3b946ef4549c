import type { Engine } from '../../engine/types.js';
import { isRecord } from '../../text/record.js';
import { GrpcError, STATUS } from '../session/grpc-call.js';
import type { Control } from './control.js';

/** How much of the provenance buildx writes into the file (BUILDX_METADATA_PROVENANCE). */
type Extent = 'min' | 'max' | 'disabled';

/** Longer than any engine takes to look into its records. */
const PATIENCE = 30_000;

/**
 * What buildx adds to the file of `--metadata-file` by itself: by which name its builder has the build in the history, and
 * where the engine keeps one, how the image was made.
 *
 * @param ref names the build
 * @throws {UserError} `ENGINE_ANSWER`
 */
export async function keysOfBuildx(
  control: Control,
  ref: string,
  { engine, env, signal }: { engine: Engine; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<Record<string, string>> {
  // The builder that a docker context has by itself is called like it, and so is its only node.
  const { context: builder = 'default' } = engine.address;
  const keys = { 'buildx.build.ref': `${builder}/${builder}/${ref}` };
  const extent = extentOf(env.BUILDX_METADATA_PROVENANCE);
  if (extent === 'disabled') return keys;
  const within = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  try {
    return { ...keys, ...(await provenances(control, ref, extent, within)) };
  } catch (error) {
    if (error instanceof GrpcError && error.status === STATUS.unimplemented) return keys;
    throw error;
  }
}

async function provenances(control: Control, ref: string, extent: Extent, signal: AbortSignal) {
  const keys: Record<string, string> = {};
  for (const [platform, attested] of await control.attested(ref, signal)) {
    const found = attested.find(
      ({ mediaType, annotations }) =>
        mediaType === 'application/vnd.in-toto+json' &&
        annotations['in-toto.io/predicate-type']?.startsWith('https://slsa.dev/provenance/'),
    );
    if (!found) continue;
    const text = (await control.blob(found.digest, signal)).toString();
    keys[`buildx.build.provenance${platform && `/${platform}`}`] = cut(text, extent);
  }
  return keys;
}

/** Without what is long, in base64, as BuildKit itself hides objects. */
function cut(text: string, extent: Extent): string {
  const told: unknown = JSON.parse(text);
  if (isRecord(told) && extent === 'min') {
    delete told.buildConfig;
    delete told.metadata;
  }
  return Buffer.from(JSON.stringify(told)).toString('base64');
}

/** As Go's ParseBool reads what is no name of an extent. */
function extentOf(said = ''): Extent {
  if (said === 'disabled' || /^(0|f|F|false|FALSE|False)$/.test(said)) return 'disabled';
  return said === 'max' ? 'max' : 'min';
}
