import { toMap } from '../../flags/key-value.js';
import { mergeUlimits } from '../../flags/ulimit.js';
import type { GivenBuildFlags } from './build-syntax.js';

/** Parameters of POST /build; a list stands for a parameter that is repeated. */
export type BuildQuery = Readonly<Record<string, string | readonly string[]>>;

/** The parameters that say something else than the engine's default, as the docker CLI sends them. */
export function toBuildQuery(
  flags: GivenBuildFlags,
  buildArgs: Readonly<Record<string, string | null>>,
  platform: string | undefined,
): BuildQuery {
  const network = flags.last('network');
  const isolation = flags.last('isolation');
  const ulimits = mergeUlimits(flags.values('ulimit'));
  return withoutEmpty({
    buildargs: json(buildArgs),
    labels: json(toMap(flags.values('label'))),
    cachefrom: json(flags.values('cache-from').flat()),
    ulimits: json(ulimits),
    securityopt: flags.values('security-opt').flat(),
    extrahosts: flags.values('add-host'),
    q: flags.last('quiet') && '1',
    nocache: flags.last('no-cache') && '1',
    rm: flags.last('rm') === false && '0',
    forcerm: flags.last('force-rm') && '1',
    pull: flags.last('pull') && '1',
    isolation: isolation?.toLowerCase() === 'default' ? undefined : isolation,
    cpusetcpus: flags.last('cpuset-cpus'),
    cpusetmems: flags.last('cpuset-mems'),
    cpushares: flags.last('cpu-shares'),
    cpuquota: flags.last('cpu-quota'),
    cpuperiod: flags.last('cpu-period'),
    memory: flags.last('memory'),
    memswap: flags.last('memory-swap'),
    shmsize: flags.last('shm-size'),
    cgroupparent: flags.last('cgroup-parent'),
    networkmode: network === 'default' ? undefined : network,
    target: flags.last('target'),
    platform: platform?.toLowerCase(),
  });
}

function json(value: object): string | undefined {
  return Object.keys(value).length > 0 ? JSON.stringify(value) : undefined;
}

type Parameter = string | number | boolean | readonly string[] | undefined;

function withoutEmpty(parameters: Readonly<Record<string, Parameter>>): BuildQuery {
  const said = Object.entries(parameters).filter(
    ([, value]) => value && (!Array.isArray(value) || value.length > 0),
  );
  return Object.fromEntries(
    said.map(([name, value]) => [name, Array.isArray(value) ? (value as string[]) : String(value)]),
  );
}
