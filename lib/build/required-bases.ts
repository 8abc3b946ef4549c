import { inspectImage } from '../engine/images/inspect.js';
import type { Engine } from '../engine/types.js';
import { partsIn } from '../oci/reference.js';
import { UserError } from '../text/user-error.js';
import type { BuildPlan } from './plan.js';

/** The engine would ask a registry for a base that is not there, and take long to say that there is none. */
export async function requireBases(plan: BuildPlan, engine: Engine): Promise<void> {
  for (const { image, reference } of plan.bases) {
    if (await inspectImage(engine, reference)) continue;
    throw new UserError(
      'BASE_MISSING',
      `${plan.image} is built from ${reference}, which has not been built yet: build ${image} first${hint(reference)}.`,
    );
  }
}

/** A reference without a tag means `latest` to every builder, while an image here has its user's tag. */
function hint(reference: string): string {
  if ((partsIn(reference)?.tag ?? 'latest') !== 'latest') return '';
  return ' with --tag latest, or let the Dockerfile name it by its build argument (ARG <NAME>_IMAGE)';
}
