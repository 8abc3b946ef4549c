import { randomUUID, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credentials } from './registry.js';

/** Stands in for a token server such as Docker Hub's, as distribution's "Token Authentication" describes it. */
export interface TokenServer {
  realm: string;
  service: string;
  issuer: string;
  /** An identity token (refresh token) that it takes in place of user and password. */
  identityToken: string;
  /** What was asked of it, without secrets: `GET pull,push repository:name`. */
  requests: readonly string[];
  close(): Promise<void>;
}

/** Starts it in this process. It signs with a certificate (PEM) that the registry trusts. */
export async function startTokenServer(
  who: Credentials,
  signer: { certificate: string; key: string },
): Promise<TokenServer> {
  const requests: string[] = [];
  const identityToken = randomUUID();
  const service = 'test bed';
  const issuer = 'test bed';

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const form = request.method === 'POST' ? new URLSearchParams(await body(request)) : url.searchParams;
    const scopes = form.getAll('scope').flatMap((scope) => scope.split(' '));
    requests.push(`${request.method ?? ''} ${scopes.join(' ')}`.trim());
    if (!mayEnter(request, form)) {
      response.writeHead(401, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] }),
      );
      return;
    }
    const token = signed(
      { iss: issuer, aud: service, sub: who.username, access: scopes.map(access) },
      signer,
    );
    response.writeHead(200, { 'Content-Type': 'application/json' });
    // An identity token is for those who will come back without a password: docker login asks for one.
    const stays = form.get('offline_token') === 'true' || form.get('access_type') === 'offline';
    const refresh = stays ? { refresh_token: identityToken } : {};
    response.end(JSON.stringify({ token, access_token: token, expires_in: 300, ...refresh }));
  }

  function mayEnter(request: IncomingMessage, form: URLSearchParams): boolean {
    const { username, password } = who;
    if (form.get('grant_type') === 'refresh_token') return form.get('refresh_token') === identityToken;
    if (form.get('grant_type') === 'password') {
      return form.get('username') === username && form.get('password') === password;
    }
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    return request.headers.authorization === `Basic ${basic}`;
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  }).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    realm: `http://localhost:${port}/token`,
    service,
    issuer,
    identityToken,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `repository:a/b:pull,push` as the claim that the registry reads. */
function access(scope: string) {
  const [type = '', ...rest] = scope.split(':');
  const actions = rest.pop() ?? '';
  return { type, name: rest.join(':'), actions: actions.split(',') };
}

function signed(claims: object, { certificate, key }: { certificate: string; key: string }): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: 'JWT', alg: 'RS256', x5c: [new X509Certificate(certificate).raw.toString('base64')] };
  const times = { iat: now, nbf: now - 60, exp: now + 300, jti: randomUUID() };
  const parts = [header, { ...claims, ...times }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const text = parts.join('.');
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text;
}
