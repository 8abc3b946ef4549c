import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createContainer } from '../../lib/engine/containers/create.js';
import { labelledContainers } from '../../lib/engine/containers/list.js';
import { readFacts } from '../../lib/engine/facts.js';
import { imageFacts } from '../../lib/engine/images/image-facts.js';
import { EngineStreamError, layerMessages } from '../../lib/engine/images/layer-activity.js';
import { layerSizes } from '../../lib/engine/images/layer-sizes.js';
import { listImages, namesOf } from '../../lib/engine/images/names.js';
import { gatewayOf } from '../../lib/engine/networks.js';
import { openEngine } from '../../lib/engine/open.js';
import type { Engine } from '../../lib/engine/types.js';
import { askDiskUsage } from '../../lib/overview/engine-findings.js';
import { askForImages } from '../../lib/overview/stored-image.js';
import { parseDestination } from '../../lib/publish/destination.js';
import { push, readDigest } from '../../lib/publish/push.js';
import { Refusal } from '../../lib/publish/refusal.js';
import { brokenEngine, IMAGE, saying, VERSION } from '../broken-engine.js';
import { noActivity, type Parser, type Shown } from './parser.js';

/** What the engine below says at present. */
let body: Buffer = Buffer.alloc(0);
let status = 200;

async function open(): Promise<Engine> {
  const spoken = (_: unknown, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', 'api-version': '1.51' });
    response.end(body);
  };
  const { url } = await brokenEngine({
    'GET /_ping': saying('OK'),
    ...{ GET: spoken, POST: spoken, DELETE: spoken },
  });
  const path = url.replace('unix://', '');
  const address = {
    target: { kind: 'unix' as const, path },
    url,
    origin: 'DOCKER_HOST',
    remote: true,
    cliFlags: [],
  };
  const engine = await openEngine(address);
  const facts = {
    maker: 'docker' as const,
    ...{ version: '28.5.2', apiVersion: '1.51', os: 'linux', arch: 'amd64', buildkit: true, rootless: false },
    ...{ store: 'containerd' as const, runtimes: [] },
  };
  return { ...engine, facts: () => Promise.resolve(facts) };
}

let opened: Promise<Engine> | undefined;

/** What an engine says when it is asked something. */
function answer(
  name: string,
  samples: Parser['samples'],
  ask: (engine: Engine) => Promise<Shown | object | undefined>,
) {
  const parse = async (input: Buffer) => {
    [body, status] = [input, 200];
    const shown = await ask(await (opened ??= open()));
    return Array.isArray(shown) ? (shown as string[]) : undefined;
  };
  return { name, samples, parse, fails: [EngineStreamError, Refusal] };
}

const json = JSON.stringify;
const INFO = {
  DriverStatus: [['Backing Filesystem', 'extfs']],
  Runtimes: { runc: {} },
  SecurityOptions: ['name=rootless'],
};
const INSPECTED = {
  ...IMAGE,
  ...{ RepoTags: ['a:b'], RepoDigests: [], Variant: 'v8', Created: '2026-01-01T00:00:00Z', Author: 'a' },
  Config: {
    Labels: { a: 'b' },
    Env: ['A=b'],
    Volumes: { '/x': {} },
    Cmd: ['sh'],
    Healthcheck: { Test: ['CMD', 'x'] },
  },
  GraphDriver: { Name: 'overlay2', Data: { LowerDir: '/a:/b', UpperDir: '/c' } },
  Descriptor: {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${'d'.repeat(64)}`,
    size: 5,
  },
};
const PROGRESS = [
  { status: 'Downloading', id: 'abcdefabcdef', progressDetail: { current: 1, total: 5 }, progress: '[=>  ]' },
  { stream: 'Step 1/2 : RUN x\n', aux: { ID: `sha256:${'a'.repeat(64)}` } },
  {
    status: `latest: digest: sha256:${'a'.repeat(64)} size: 528`,
    error: 'x',
    errorDetail: { message: 'denied' },
  },
];
const destination = parseDestination('r.example.com/a/b:1', { defaultTag: 'x' });
const call = (engine: Engine) => ({ engine, auth: 'e30=', signal: new AbortController().signal });

export const engine: readonly Parser[] = [
  answer('GET /version', [json(VERSION)], ({ client }) => readFacts(client)),
  answer('GET /info', [json({ ...VERSION, ...INFO })], ({ client }) => readFacts(client)),
  answer('an image', [json(INSPECTED)], (asked) => imageFacts(asked, 'a:b')),
  answer('an image in a table', [json(INSPECTED)], (asked) => askForImages(asked, ['a:b'])),
  answer(
    'a history',
    [
      json([
        { CreatedBy: 'RUN x', Size: 5 },
        { CreatedBy: '/bin/sh -c #(nop)  CMD', Size: 0 },
      ]),
    ],
    (asked) => layerSizes(asked, 'a:b', 2),
  ),
  answer(
    'GET /images/json',
    [json([{ Id: 'a', RepoTags: ['a:b'], Manifests: [{ Kind: 'image', Available: true }] }])],
    async (asked) => void (await listImages(asked)).flatMap(namesOf),
  ),
  answer(
    'GET /system/df',
    [json({ LayersSize: 5, BuildCache: [{ Size: 5, Shared: false }], DockerRootDir: '/var' })],
    (asked) => askDiskUsage(asked, () => Promise.resolve(5)),
  ),
  answer(
    'a network',
    [json({ IPAM: { Config: [{ Gateway: '172.17.0.1' }] } })],
    async (asked) => void (await gatewayOf(asked, 'x')),
  ),
  answer('containers', [json([{ Id: 'a', Labels: { a: 'b' }, State: 'running' }])], (asked) =>
    labelledContainers(asked, 'x'),
  ),
  answer(
    'a created container',
    [json({ Id: 'c'.repeat(64), Warnings: ['x'] })],
    async (asked) => (await createContainer(asked, {})).warnings,
  ),
  answer(
    'a manifest in a registry',
    [json({ Descriptor: { digest: `sha256:${'a'.repeat(64)}` } })],
    async (asked) => void (await readDigest(destination, call(asked))),
  ),
  answer('messages of a pull', [PROGRESS.map((one) => json(one)).join('\n')], async ({ client }) => {
    const { activity, shown } = noActivity();
    for await (const { error } of layerMessages(client.messages('POST', '/images/create'), activity))
      shown.push(error ?? '');
    return shown;
  }),
  answer(
    'messages of a push',
    [
      PROGRESS.slice(0, 2)
        .map((one) => json(one))
        .join('\n'),
    ],
    async (asked) => {
      const { activity, shown } = noActivity();
      await push(destination, activity, call(asked));
      return shown;
    },
  ),
  {
    ...answer('a refusal', ['{"message": "no such image: x"}', '<html><body>no</body></html>', ''], () =>
      Promise.resolve(),
    ),
    async parse(input) {
      [body, status] = [input, 500];
      await (await (opened ??= open())).client.stream('GET', `/x/${randomUUID()}`);
    },
  },
];
