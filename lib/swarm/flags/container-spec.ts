import { resolve } from 'node:path';
import type { Host } from '../../flags/container/host.js';
import { resolveSource } from '../../flags/container/mount.js';
import { cut, toMap } from '../../flags/key-value.js';
import { mergeUlimits } from '../../flags/ulimit.js';
import { effectiveCapabilities } from './capabilities.js';
import { filled } from './filled.js';
import { serviceImage } from './image.js';
import type { ServiceFlags } from './service-flags.js';
import type { ContainerSpec, HealthCheck, Privileges } from './service-spec.js';

/** What of a task has been read already, because it can be at fault. */
export interface ReadBefore {
  environment: readonly string[];
  healthCheck: HealthCheck | undefined;
  /** What flags do not say. */
  privileges: Privileges | undefined;
}

/** The containers of a service, without secrets and configs. */
export function readContainerSpec(
  flags: ServiceFlags,
  [image, ...args]: readonly [image: string, ...args: string[]],
  host: Host,
  before: ReadBefore,
): ContainerSpec {
  const capabilities = effectiveCapabilities(flags.values('cap-add'), flags.values('cap-drop'));
  const stopGrace = flags.last('stop-grace-period');
  const credentials = flags.last('credential-spec');
  const privileges = credentials
    ? { ...(before.privileges ?? PLAIN), CredentialSpec: credentials }
    : before.privileges;
  return {
    ...filled({
      Image: serviceImage(image),
      Labels: toMap(flags.values('container-label')),
      Command: flags.last('entrypoint'),
      Args: args,
      Hostname: flags.last('hostname'),
      Env: [...before.environment],
      Dir: flags.last('workdir'),
      User: flags.last('user'),
      Groups: flags.values('group'),
      StopSignal: flags.last('stop-signal'),
      TTY: flags.last('tty'),
      ReadOnly: flags.last('read-only'),
      Mounts: flags
        .values('mount')
        .map((mount) => resolveSource(mount, (path) => resolve(host.directory, path))),
      Hosts: flags.values('host').map(toHostsLine),
      Isolation: flags.last('isolation'),
      Sysctls: toMap(flags.values('sysctl')),
      CapabilityAdd: capabilities.add,
      CapabilityDrop: capabilities.drop,
      Ulimits: mergeUlimits(flags.values('ulimit')),
      OomScoreAdj: flags.last('oom-score-adj'),
    }),
    ...(privileges && { Privileges: privileges }),
    Init: flags.last('init') ?? false,
    ...(stopGrace !== undefined && { StopGracePeriod: stopGrace }),
    ...(before.healthCheck && { Healthcheck: before.healthCheck }),
    DNSConfig: filled({
      Nameservers: flags.values('dns'),
      Search: flags.values('dns-search'),
      Options: flags.values('dns-option'),
    }),
  };
}

const PLAIN: Privileges = { CredentialSpec: null, SELinuxContext: null, NoNewPrivileges: false };

/** `address name`, as /etc/hosts has it, of `name:address`. */
function toHostsLine(extraHost: string): string {
  const [name, address = ''] = cut(extraHost, ':');
  return `${address} ${name}`;
}
