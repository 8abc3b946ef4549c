import { lookUpCredentials } from '../../lib/engine/credentials/credentials.js';
import type { EngineAddress } from '../../lib/engine/types.js';
import { about, type Chapter, doubtful, type Finding, right, wrong } from '../../lib/overview/index.js';
import { assumedEcr, needsAws, openEcr, planPublish } from '../../lib/publish/index.js';
import { UserError } from '../../lib/text/user-error.js';
import { imageOf, type TaskContext } from '../context.js';

/** Whether there are credentials for the registries that publish would use. They are looked up, not tried. */
export async function registryChapter(
  context: TaskContext,
  { remote }: EngineAddress,
  signal: AbortSignal,
): Promise<Chapter> {
  const findings: Finding[] = [];
  const registries = new Set<string>();
  let aws = false;
  for (const name of context.project.images) {
    try {
      const image = imageOf(context, name, { remote, operation: 'publish' });
      const isAws = needsAws({ image });
      const ecr = isAws ? assumedEcr(context.env) : undefined;
      const { destinations } = planPublish({ image, env: context.env, version: '0', aws: ecr });
      aws ||= isAws;
      for (const { registry } of destinations) if (!isAws) registries.add(registry);
    } catch (error) {
      // An image without a place to be published is no fault, and other checks cover its section.
      if (!(error instanceof UserError)) throw error;
    }
  }
  if (aws) findings.push(await lookAtAws(context, signal));
  findings.push(...(await Promise.all([...registries].map((registry) => lookAt(context, registry)))));
  return { title: 'Registries', findings };
}

async function lookAt({ env }: TaskContext, registry: string): Promise<Finding> {
  try {
    const found = await lookUpCredentials(registry, { env });
    if (found)
      return right(`${registry}: there are credentials${found.username ? ` of ${found.username}` : ''}`);
    return doubtful(
      `${registry}: there are no credentials; docker login ${registry}, unless it asks for none`,
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return wrong(about(registry, error.message));
  }
}

async function lookAtAws({ env }: TaskContext, signal: AbortSignal): Promise<Finding> {
  try {
    const { registry } = await openEcr({ env, signal });
    return right(`${registry}: Amazon ECR gives credentials`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return wrong(`Amazon ECR: ${error.message}`);
  }
}
