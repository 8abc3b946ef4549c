import type { GivenBuildFlags } from './build-syntax.js';
import type { BuildFlags, BuildQuery } from './types.js';

/**
 * What flags ask the classic builder for, as the docker CLI does: the parameters that say something else than the
 * engine's default.
 */
export function toBuildQuery(flags: BuildFlags): BuildQuery {
  return {
    ...flags.classic,
    ...withoutEmpty({
      buildargs: json(flags.buildArgs),
      labels: json(flags.labels),
      cachefrom: json(flags.cacheFrom.flatMap(({ attributes }) => attributes.ref ?? [])),
      ulimits: json(flags.ulimits),
      extrahosts: flags.extraHosts,
      q: flags.quiet && '1',
      nocache: flags.noCache && '1',
      pull: flags.pull && '1',
      shmsize: flags.shmSize,
      cgroupparent: flags.cgroupParent,
      networkmode: flags.network,
      target: flags.target,
      platform: flags.platforms.at(-1),
    }),
  };
}

/** The parameters that BuildKit takes no notice of. */
export function classicParameters(flags: GivenBuildFlags): BuildQuery {
  const isolation = flags.last('isolation');
  return withoutEmpty({
    securityopt: flags.values('security-opt').flat(),
    rm: flags.last('rm') === false && '0',
    forcerm: flags.last('force-rm') && '1',
    isolation: isolation?.toLowerCase() === 'default' ? undefined : isolation,
    cpusetcpus: flags.last('cpuset-cpus'),
    cpusetmems: flags.last('cpuset-mems'),
    cpushares: flags.last('cpu-shares'),
    cpuquota: flags.last('cpu-quota'),
    cpuperiod: flags.last('cpu-period'),
    memory: flags.last('memory'),
    memswap: flags.last('memory-swap'),
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
    said.map(([name, value]) => [name, typeof value === 'object' ? [...value] : String(value)]),
  );
}
