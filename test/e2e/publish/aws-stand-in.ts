import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Credentials } from '../../bed/index.js';

export interface AwsStandIn {
  /** For AWS_ENDPOINT_URL. */
  url: string;
  account: string;
  /** Names of the operations that were asked for. */
  asked: string[];
  repositories: Set<string>;
  /** Answers every call of an operation with an error of AWS. */
  refuse(operation: string, error: { name: string; message: string }): void;
  close(): Promise<void>;
}

/**
 * Stands in for what publishing needs of AWS: STS GetCallerIdentity (the Query protocol, XML) and Amazon ECR
 * (AWS JSON 1.1), as their API references describe them.
 *
 * @param registry what is logged in to, as `http://host:port`
 * @param login what a token of it holds
 */
export async function awsStandIn(registry: string, login: Credentials): Promise<AwsStandIn> {
  const account = '123456789012';
  const asked: string[] = [];
  const repositories = new Set<string>();
  const refusals = new Map<string, { name: string; message: string }>();

  const operations: Record<string, (input: Record<string, string[] & string>) => object> = {
    GetAuthorizationToken: () => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`${login.username}:${login.password}`).toString('base64'),
          expiresAt: Date.now() / 1000 + 43_200,
          proxyEndpoint: registry,
        },
      ],
    }),
    DescribeRepositories({ repositoryNames }) {
      const missing = repositoryNames!.find((name) => !repositories.has(name));
      if (missing)
        throw new Refused(
          'RepositoryNotFoundException',
          `The repository with name '${missing}' does not exist`,
        );
      return { repositories: repositoryNames!.map((repositoryName) => ({ repositoryName })) };
    },
    CreateRepository({ repositoryName }) {
      repositories.add(repositoryName!);
      return { repository: { repositoryName } };
    },
  };

  async function answer(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    const operation =
      typeof target === 'string' ? target.split('.')[1]! : (new URLSearchParams(body).get('Action') ?? '');
    asked.push(operation);
    const refusal = refusals.get(operation);
    if (target === undefined) return identity(refusal);
    const type = 'application/x-amz-json-1.1';
    try {
      if (refusal) throw new Refused(refusal.name, refusal.message);
      const input = JSON.parse(body) as Record<string, string[] & string>;
      return { status: 200, type, body: JSON.stringify(operations[operation]!(input)) };
    } catch (error) {
      const { name, message } = error as Refused;
      return { status: 400, type, body: JSON.stringify({ __type: name, message }) };
    }
  }

  function identity(refusal?: { name: string; message: string }) {
    const type = 'text/xml';
    const xmlns = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';
    if (refusal) {
      const error = `<Error><Type>Sender</Type><Code>${refusal.name}</Code><Message>${refusal.message}</Message></Error>`;
      return {
        status: 403,
        type,
        body: `<ErrorResponse ${xmlns}>${error}<RequestId>1</RequestId></ErrorResponse>`,
      };
    }
    const result = `<Arn>arn:aws:iam::${account}:user/ci</Arn><UserId>AIDA</UserId><Account>${account}</Account>`;
    return {
      status: 200,
      type,
      body: `<GetCallerIdentityResponse ${xmlns}><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
    };
  }

  const server = createServer((request, response) => {
    void answer(request).then(({ status, type, body }) =>
      response.writeHead(status, { 'Content-Type': type }).end(body),
    );
  }).listen(0);
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    account,
    asked,
    repositories,
    refuse: (operation, error) => void refusals.set(operation, error),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Refused extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
