import { isRefusal } from '../engine/client/errors.js';
import { Container } from '../engine/containers/container.js';
import { createContainer as createOnEngine, type CreatedContainer } from '../engine/containers/create.js';
import { makeUnderFreeName } from '../engine/free-name.js';
import { makerOf } from '../engine/makers/index.js';
import type { Means } from '../engine/means.js';
import { UserError } from '../text/user-error.js';
import { explainRefusal, notBuilt } from './engine-errors.js';
import type { RunMeans } from './means.js';
import { connectNetworks, endpointsOfCreation } from './networks.js';
import type { RunPlan } from './plan.js';
import { pullImage } from './pull.js';

/** What a container is created with; without streams it has no terminal to be as large as. */
type CreationMeans = Means & Partial<Pick<RunMeans, 'streams'>>;

interface NamedContainer extends CreatedContainer {
  /** The one that it was given; none where the engine chose it. */
  name?: string;
}

/**
 * Creates the container of a plan, its networks connected; an image that is missing is pulled as `--pull` says, but
 * never one that this project builds, unless by `--pull=always`.
 *
 * @throws {UserError} `RUN_REFUSED`, or a code that says why the engine refused; nothing is left then
 */
export async function createContainer(plan: RunPlan, means: CreationMeans): Promise<Container> {
  const { engine, report } = means;
  const { query, client } = plan.request;
  const pullNow = () => pullImage({ reference: plan.image.reference, ...query, ...client }, means);

  if (client.pull === 'always') await pullNow();
  const answer = await create(plan, means).catch(async (error: unknown) => {
    if (!isMissingImage(error)) throw explainRefusal(error, plan);
    if (plan.image.folder !== undefined) throw notBuilt(plan, error);
    if (client.pull === 'never') throw notPulled(plan, error);
    await pullNow();
    return await create(plan, means).catch((again: unknown) => {
      throw explainRefusal(again, plan);
    });
  });
  for (const warning of answer.warnings) report.warn(warning);

  const container = new Container(engine, answer.id, answer.name);
  try {
    await connectNetworks(engine, container.id, plan.request.body);
  } catch (error) {
    await container.remove();
    throw explainRefusal(error, plan);
  }
  return container;
}

/** A second run of an image in one second gets the name of the first with `_2` behind it, and so on. */
async function create(plan: RunPlan, means: CreationMeans): Promise<NamedContainer> {
  const { request, anyName } = plan;
  const { name } = request.query;
  if (!anyName || name === undefined) return { ...(await createOnce(request, means)), name };
  const maker = makerOf(await means.engine.facts());
  return makeUnderFreeName(
    name,
    async (free) => {
      const query = { ...request.query, name: free };
      return { ...(await createOnce({ ...request, query }, means)), name: free };
    },
    (error) => isRefusal(error) && maker.isNameTaken(error),
  );
}

async function createOnce(
  request: RunPlan['request'],
  { engine, streams }: CreationMeans,
): Promise<CreatedContainer> {
  const terminal = request.body.Tty && streams?.stdout.isTTY ? streams.stdout : undefined;
  const facts = await engine.facts();
  const body = makerOf(facts).containerBody(
    {
      ...request.body,
      NetworkingConfig: { EndpointsConfig: await endpointsOfCreation(engine, request.body) },
      HostConfig: {
        ...request.body.HostConfig,
        // From the first byte on, the terminal inside is as large as the one here (API 1.42 and newer).
        ...(terminal && { ConsoleSize: [terminal.rows, terminal.columns] }),
      },
    },
    facts.version,
  );
  return createOnEngine(engine, body, { query: request.query });
}

function isMissingImage(error: unknown): error is Error {
  return isRefusal(error, 404) && /no such image|image not known/i.test(error.sentence);
}

function notPulled({ image: { reference } }: RunPlan, cause: Error): UserError {
  const sentence = `The image ${reference} is not on this engine, and --pull=never forbids to pull it.`;
  return new UserError('MISSING_IMAGE', sentence, { cause, exitStatus: 125 });
}
