import type { Credentials } from '../engine/credentials/types.js';
import { codeOf, errorOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';
import type { AwsPlace } from './plan.js';

/** The Amazon ECR of the account that the host's AWS credentials belong to. */
export interface Ecr extends AwsPlace {
  /** For twelve hours. */
  credentials: Credentials;
  /** Makes a repository where there is none of that name; tells whether it did. */
  ensureRepository(name: string): Promise<boolean>;
}

export interface EcrOptions {
  /** For AWS_REGION and AWS_DEFAULT_REGION; all else the AWS SDK finds by its own rules, in the process's environment. */
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/**
 * Asks AWS for the account and region, and logs in to its registry.
 *
 * @throws {UserError} `NO_AWS_SDK`, `NO_AWS_REGION`, `NO_AWS_CREDENTIALS`, `AWS_FAILED` with AWS's own words
 */
export async function openEcr({ env, signal }: EcrOptions): Promise<Ecr> {
  const sdk = await loadSdk();
  const named = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  const settings = {
    ...(named && { region: named }),
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000 },
  };
  const ecr = new sdk.ECRClient(settings);
  const sts = new sdk.STSClient(settings);
  const abort = { abortSignal: signal };
  const region = await asked(() => ecr.config.region());
  const [identity, login] = await Promise.all([
    asked(() => sts.send(new sdk.GetCallerIdentityCommand({}), abort)),
    asked(() => ecr.send(new sdk.GetAuthorizationTokenCommand({}), abort)),
  ]);
  const { authorizationToken = '', proxyEndpoint = '' } = login.authorizationData?.[0] ?? {};
  const { Account: account } = identity;
  if (account === undefined)
    throw new UserError('AWS_FAILED', 'AWS did not say whose account these credentials are of.');
  const registry = new URL(proxyEndpoint).host;
  const [username, password] = Buffer.from(authorizationToken, 'base64').toString().split(':');
  return {
    account,
    region,
    registry,
    credentials: { username, password, serveraddress: registry },
    async ensureRepository(name) {
      const describe = new sdk.DescribeRepositoriesCommand({ repositoryNames: [name] });
      if (await agrees(() => ecr.send(describe, abort), 'RepositoryNotFoundException')) return false;
      const create = new sdk.CreateRepositoryCommand({ repositoryName: name });
      return agrees(() => ecr.send(create, abort), 'RepositoryAlreadyExistsException');
    },
  };
}

/** What stands for them where AWS must not be asked: what the environment says, else the words themselves. */
export function assumedEcr(env: NodeJS.ProcessEnv): AwsPlace {
  const account = env.AWS_ACCOUNT_ID || 'account';
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || 'region';
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return { account, region, registry: `${account}.dkr.ecr.${region}.${suffix}` };
}

async function loadSdk() {
  try {
    const [ecr, sts] = await Promise.all([import('@aws-sdk/client-ecr'), import('@aws-sdk/client-sts')]);
    return { ...ecr, ...sts };
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UserError(
      'NO_AWS_SDK',
      'Publishing to Amazon ECR needs the AWS SDK, which is not installed: ' +
        'npm install --save-dev @aws-sdk/client-ecr @aws-sdk/client-sts',
    );
  }
}

async function asked<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (error) {
    throw explained(errorOf(error));
  }
}

/** Whether AWS agreed; false where it says no by that name. */
async function agrees(question: () => Promise<unknown>, no: string): Promise<boolean> {
  try {
    await question();
    return true;
  } catch (error) {
    const failure = errorOf(error);
    if (failure.name === no) return false;
    throw explained(failure);
  }
}

function explained(error: Error): Error {
  // A refused signature is followed by what was signed, a session token among it.
  const [words = ''] = error.message.split('\n');
  if (/region is missing/i.test(words))
    return new UserError(
      'NO_AWS_REGION',
      'Nothing says which region of Amazon ECR to publish to: set AWS_REGION, or region in ~/.aws/config.',
      { cause: error },
    );
  if (error.name === 'CredentialsProviderError')
    return new UserError(
      'NO_AWS_CREDENTIALS',
      `There are no AWS credentials to publish with (${words}): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and ` +
        'AWS_SECRET_ACCESS_KEY, or log in with "aws sso login".',
      { cause: error },
    );
  if (error.name === 'AbortError' || !('$metadata' in error)) return error;
  return new UserError('AWS_FAILED', `AWS did not agree (${error.name}): ${words}`, { cause: error });
}
