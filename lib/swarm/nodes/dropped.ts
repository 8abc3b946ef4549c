import type { ServiceSpec } from '../flags/service-spec.js';

/** A setting that older engines drop without a word. */
export interface Dropped {
  setting: string;
  /** The first major version that knows it. */
  since: number;
}

/** What of a service an engine must be new enough for. */
export function settingsOfNewEngines({ TaskTemplate: { ContainerSpec: container } }: ServiceSpec): Dropped[] {
  const {
    Privileges: privileges,
    Mounts: mounts = [],
    Healthcheck: health,
    OomScoreAdj: adjusted,
  } = container;
  const hasMount = (...path: string[]) =>
    mounts.some((mount) => path.reduce<unknown>((part, name) => fieldOf(part, name), mount) !== undefined);
  const found: (Dropped | false | undefined)[] = [
    privileges && { setting: '--security-opt', since: 27 },
    adjusted !== undefined && { setting: '--oom-score-adj', since: 27 },
    health && 'StartInterval' in health && { setting: '--health-start-interval', since: 25 },
    hasMount('TmpfsOptions', 'Options') && { setting: 'tmpfs-opt of --mount', since: 27 },
    hasMount('VolumeOptions', 'Subpath') && { setting: 'volume-subpath of --mount', since: 26 },
    hasMount('BindOptions', 'NonRecursive') && { setting: 'bind-recursive of --mount', since: 25 },
    hasMount('BindOptions', 'ReadOnlyNonRecursive') && { setting: 'bind-recursive of --mount', since: 25 },
    hasMount('BindOptions', 'ReadOnlyForceRecursive') && { setting: 'bind-recursive of --mount', since: 25 },
    mounts.some(({ Type }) => Type === 'image') && { setting: 'type=image of --mount', since: 28 },
  ];
  return found.filter((one) => one !== undefined && one !== false);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
