import { formatPlatform, readPlatform } from '../../oci/platform.js';
import { partsOf, type Reference } from '../../oci/reference.js';
import type { BuildFlags, Cache } from '../flags/index.js';
import { folderName, isFetchedByEngine } from '../flags/named-context.js';
import type { BuildStep } from '../plan.js';
import type { SolveRequest } from './control.js';

/** Where the engine gets the context from, and the Dockerfile's name there. */
export interface ContextPlace {
  /** An address; absent where it asks the session for files. */
  context?: string;
  filename: string;
  /** Where the files come from. */
  [attribute: `vcs:${string}`]: string;
}

export interface SolveNames {
  ref: string;
  session: string;
  /** Address that `host-gateway` of `--add-host` stands for. */
  hostGateway?: string;
  /** Whether the result comes here as an archive, over the session. */
  isExported?: boolean;
}

/**
 * A step of a build as BuildKit is asked for it. The attributes are those of BuildKit's Dockerfile frontend (its
 * `dockerui` package), as docker buildx fills them in.
 */
export function solveRequest(
  { reference, flags }: BuildStep,
  place: ContextPlace,
  { ref, session, hostGateway, isExported }: SolveNames,
): SolveRequest {
  return {
    ref,
    session,
    frontend: 'dockerfile.v0',
    frontendAttrs: { ...place, ...frontendAttributes(flags, hostGateway) },
    ...(isExported
      ? // For a folder, too, which buildx asks for file by file (`local`): it is unpacked here.
        { exporter: 'tar', exporterAttrs: flags.export?.attributes ?? {} }
      : // The exporter of docker engines: the image goes into the store that they have.
        {
          exporter: 'moby',
          exporterAttrs: { ...flags.annotations, name: [reference, ...flags.tags.map(withTag)].join(',') },
        }),
    cache: { exports: flags.cacheTo.map(({ type, attributes }) => ({ type, attrs: attributes })) },
    entitlements: flags.entitlements,
  };
}

function frontendAttributes(flags: BuildFlags, hostGateway: string | undefined): Record<string, string> {
  const { target, platforms, extraHosts, cacheFrom } = flags;
  const contexts = Object.entries(flags.contexts);
  return {
    // Images of the engine before those of a registry.
    'image-resolve-mode': flags.pull ? 'pull' : 'local',
    ...(target && { target }),
    ...(platforms.length > 0 && {
      platform: platforms.map((one) => formatPlatform(readPlatform(one))).join(','),
    }),
    ...(flags.noCache && { 'no-cache': '' }),
    ...(flags.noCacheFilter.length > 0 && { 'no-cache': flags.noCacheFilter.join(',') }),
    ...containerAttributes(flags),
    ...(extraHosts.length > 0 && {
      'add-hosts': extraHosts.map((host) => extraHost(host, hostGateway)).join(','),
    }),
    ...(cacheFrom.length > 0 && { 'cache-imports': cacheImports(cacheFrom) }),
    // A frontend that a `# syntax=` line names shall say so where it is too old to know them.
    ...(contexts.length > 0 && { 'frontend.caps': 'moby.buildkit.frontend.contexts+forward' }),
    ...prefixed('context:', contexts.map(namedContext)),
    ...prefixed('attest:', Object.entries(flags.attestations)),
    ...prefixed('label:', Object.entries(flags.labels)),
    ...prefixed('build-arg:', Object.entries(flags.buildArgs)),
  };
}

/** Attributes that concern the containers in which RUN instructions run. */
function containerAttributes({
  network,
  shmSize,
  cgroupParent,
  ulimits,
}: BuildFlags): Record<string, string> {
  return {
    ...(network && { 'force-network-mode': network }),
    ...(shmSize && { 'shm-size': String(shmSize) }),
    ...(cgroupParent && { 'cgroup-parent': cgroupParent }),
    ...(ulimits.length > 0 && {
      ulimit: ulimits.map(({ Name, Soft, Hard }) => `${Name}=${Soft}:${Hard}`).join(','),
    }),
  };
}

function prefixed(prefix: string, values: [string, string | null][]): Record<string, string> {
  return Object.fromEntries(
    values.flatMap(([name, value]) => (value === null ? [] : [[prefix + name, value]])),
  );
}

function namedContext([name, source]: [string, string]): [string, string] {
  return [name, isFetchedByEngine(source) ? source : `local:${folderName(name)}`];
}

function extraHost(text: string, hostGateway = ''): string {
  const at = text.indexOf(':');
  const address = text.slice(at + 1);
  return `${text.slice(0, at)}=${address === 'host-gateway' ? hostGateway : address}`;
}

/** With sorted keys, as Go writes them. */
function cacheImports(caches: readonly Cache[]): string {
  const sorted = (attributes: Cache['attributes']) => Object.fromEntries(Object.entries(attributes).sort());
  return JSON.stringify(caches.map(({ type, attributes }) => ({ Type: type, Attrs: sorted(attributes) })));
}

function withTag(reference: Reference): string {
  const { tag, digest } = partsOf(reference);
  return (tag ?? digest) === undefined ? `${reference}:latest` : reference;
}
