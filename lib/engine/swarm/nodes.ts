import { anything, list, mapOf, number, object, optional, type Shaped, text } from '../client/shape.js';
import type { Engine } from '../types.js';
import { VERSION, withoutRace } from './version.js';

const SPEC = object({
  Name: optional(text),
  Labels: optional(mapOf(text)),
  Role: text,
  Availability: text,
});

/** What a node's engine counts under a name of its own choice: each by its own name, or so many of it. */
const COUNTED = object({
  NamedResourceSpec: optional(object({ Kind: text })),
  DiscreteResourceSpec: optional(object({ Kind: text, Value: number })),
});

const NODE = object({
  ID: text,
  Version: VERSION,
  Spec: SPEC,
  Description: object({
    Hostname: optional(text),
    Platform: optional(object({ Architecture: optional(text), OS: optional(text) })),
    Resources: optional(object({ GenericResources: optional(list(COUNTED)) })),
    Engine: optional(object({ EngineVersion: optional(text), Labels: optional(mapOf(text)) })),
  }),
  Status: object({ State: text, Addr: optional(text) }),
  ManagerStatus: optional(object({ Addr: optional(text) })),
});

/** A machine of a swarm, as a manager knows it. */
export interface SwarmNode {
  id: string;
  hostname: string;
  /** Where the others of the swarm reach it. */
  address: string;
  role: string;
  /** `active`, `pause` or `drain`. */
  availability: string;
  /** `ready`, `down`, … */
  state: string;
  labels: Readonly<Record<string, string>>;
  engineLabels: Readonly<Record<string, string>>;
  /** Such as `28.5.2`. */
  engineVersion: string;
  /** How many it has of what its engine counts besides: `GPU`. */
  counted: ReadonlyMap<string, number>;
  os: string;
  /** As its kernel names it: `x86_64`. */
  machine: string;
  /** As Go names it where that is known: `amd64`, `arm64`. */
  arch: string;
}

/** @throws {EngineRefusal} with status 503 where the engine is no manager of a swarm */
export async function listNodes(engine: Engine): Promise<SwarmNode[]> {
  const nodes = await engine.client.json('GET', '/nodes', list(NODE));
  return nodes.map(nodeOf).sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

/** Sets the labels of a node, and takes away those that are undefined. */
export async function changeLabels(
  engine: Engine,
  id: string,
  labels: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await withoutRace(async () => {
    const { Spec, Version } = await engine.client.json('GET', `/nodes/${id}`, NODE);
    const all = Object.entries({ ...Spec.Labels, ...labels }).filter(([, value]) => value !== undefined);
    const body = { ...Spec, Labels: Object.fromEntries(all) };
    const query = { version: String(Version.Index) };
    await engine.client.json('POST', `/nodes/${id}/update`, anything, { query, body });
  });
}

const ARCHITECTURES = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
]);

function nodeOf(node: Shaped<typeof NODE>): SwarmNode {
  const { ID, Spec, Description, Status } = node;
  return {
    id: ID,
    hostname: Description.Hostname ?? '',
    address: addressOf(node),
    role: Spec.Role,
    availability: Spec.Availability,
    state: Status.State,
    labels: Spec.Labels ?? {},
    ...engineOf(Description),
    ...platformOf(Description),
    counted: countedOf(Description),
  };
}

/** Before a manager has heard of its own address, only the one for other managers is known. */
function addressOf({ Status, ManagerStatus }: Shaped<typeof NODE>): string {
  const ofManager = ManagerStatus?.Addr?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  const own = Status.Addr ?? '';
  return /^(|0\.0\.0\.0|::|127\..*)$/.test(own) ? (ofManager ?? '') : own;
}

type Description = Shaped<typeof NODE>['Description'];

function engineOf({ Engine: engine }: Description): Pick<SwarmNode, 'engineLabels' | 'engineVersion'> {
  const version = /^[\d.]+/.exec(engine?.EngineVersion ?? '')?.[0] ?? '';
  return { engineLabels: engine?.Labels ?? {}, engineVersion: version };
}

function countedOf({ Resources }: Description): Map<string, number> {
  const counted = new Map<string, number>();
  for (const { NamedResourceSpec: named, DiscreteResourceSpec: many } of Resources?.GenericResources ?? []) {
    const kind = named?.Kind ?? many?.Kind ?? '';
    counted.set(kind, (counted.get(kind) ?? 0) + (many?.Value ?? 1));
  }
  return counted;
}

function platformOf({ Platform }: Description): Pick<SwarmNode, 'os' | 'machine' | 'arch'> {
  const machine = Platform?.Architecture ?? '';
  return { os: Platform?.OS ?? '', machine, arch: ARCHITECTURES.get(machine) ?? machine };
}

function nameOf({ hostname, id }: SwarmNode): string {
  return `${hostname} ${id}`;
}
