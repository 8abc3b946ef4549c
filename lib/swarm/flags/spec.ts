import { checked } from '../../flags/container/checked-words.js';
import type { Host } from '../../flags/container/host.js';
import { toMap } from '../../flags/key-value.js';
import { FlagError } from '../../text/flag-error.js';
import { readRestartPolicy, readUpdateConfig } from './changes.js';
import { readContainerSpec } from './container-spec.js';
import { readEnvironment, withValue } from './environment.js';
import { filled } from './filled.js';
import { readHealthCheck } from './health-check.js';
import { readMode } from './mode.js';
import { readPlacement } from './placement.js';
import { type Ids, readConfigs, readNetworks, readSecrets } from './references.js';
import type { ServiceFlags } from './service-flags.js';
import type {
  ConfigReference,
  Privileges,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdateConfig,
} from './service-spec.js';
import { collectGenericResources } from './values/generic-resources.js';

/** What is not said by flags. */
export interface Surroundings {
  host: Host;
  privileges: Privileges | undefined;
}

/**
 * Reads what needs no swarm, in the order in which the CLI finds faults.
 * @param command the image and what stands behind it
 * @returns what puts the IDs of a swarm in
 */
export function specOf(
  flags: ServiceFlags,
  command: readonly [image: string, ...args: string[]],
  { host, privileges }: Surroundings,
): (ids: Ids) => ServiceSpec {
  const environment = readEnvironment(flags, host);
  const healthCheck = readHealthCheck(flags);
  const mode = readMode(flags);
  const changes = readChanges(flags, mode);
  const task = readTask(flags, host);
  const container = readContainerSpec(flags, command, host, { environment, healthCheck, privileges });
  const name = flags.last('name');
  return (ids) => {
    const networks = readNetworks(flags, ids);
    const secrets = readSecrets(flags, ids);
    const configs = readConfigs(flags, ids);
    const given = container.Privileges;
    return {
      ...(name && { Name: name }),
      Labels: toMap(flags.values('label')),
      TaskTemplate: {
        ...task,
        ContainerSpec: {
          ...container,
          ...(given && { Privileges: withConfig(given, configs) }),
          ...filled({ Secrets: secrets, Configs: configs }),
        },
        ...filled({ Networks: networks }),
      },
      Mode: mode,
      ...changes,
      EndpointSpec: filled({
        Mode: (flags.last('endpoint-mode') ?? 'vip').toLowerCase(),
        Ports: flags.values('publish').flat(),
      }),
    };
  };
}

type Changes = Pick<ServiceSpec, 'UpdateConfig' | 'RollbackConfig'>;

function readChanges(flags: ServiceFlags, mode: ServiceMode): Changes {
  const update: UpdateConfig | undefined = readUpdateConfig(flags, 'update');
  const rollback = readUpdateConfig(flags, 'rollback');
  if ((mode.ReplicatedJob || mode.GlobalJob) && (update || rollback)) {
    const sentence = 'update and rollback configuration is not supported for jobs';
    throw new FlagError('CONFLICTING_FLAGS', sentence, flags.word('mode'));
  }
  return { ...(update && { UpdateConfig: update }), ...(rollback && { RollbackConfig: rollback }) };
}

function readTask(flags: ServiceFlags, host: Host): Omit<TaskSpec, 'ContainerSpec' | 'Networks'> {
  const generic = flags.values('generic-resource');
  const limits = {
    NanoCPUs: flags.last('limit-cpu'),
    MemoryBytes: flags.last('limit-memory'),
    Pids: flags.last('limit-pids'),
  };
  const reservations = {
    NanoCPUs: flags.last('reserve-cpu'),
    MemoryBytes: flags.last('reserve-memory'),
    GenericResources: checked(flags.word('generic-resource'), () => collectGenericResources(generic)),
  };
  const restart = readRestartPolicy(flags);
  const driver = flags.last('log-driver');
  const driverOptions = toMap(flags.values('log-opt').map((option) => withValue(option, host)));
  return {
    Resources: { Limits: filled(limits), Reservations: filled(reservations) },
    ...(restart && { RestartPolicy: restart }),
    Placement: readPlacement(flags),
    ...(driver && { LogDriver: { Name: driver, ...filled({ Options: driverOptions }) } }),
    ForceUpdate: 0,
  };
}

/** A credential spec that is a config goes by the config's ID. */
function withConfig(privileges: Privileges, configs: readonly ConfigReference[]): Privileges {
  const spec = privileges.CredentialSpec;
  const config = spec?.Config ? configs.find(({ ConfigName }) => ConfigName === spec.Config) : undefined;
  return spec && config
    ? { ...privileges, CredentialSpec: { ...spec, Config: config.ConfigID } }
    : privileges;
}
