import type { HealthCheck } from '../../flags/container/health-check.js';
import type { Mount } from '../../flags/container/mount.js';
import type { Ulimit } from '../../flags/ulimit.js';

export type { HealthCheck, Mount, Ulimit };

/**
 * Body of `POST /services/create` (Engine API 1.41 to 1.51), with the fields that the docker CLI sends, in its own
 * spelling. Sizes are bytes, durations nanoseconds. What is empty is left out.
 */
export interface ServiceSpec {
  Name?: string;
  /** Of the service; its containers have those of `ContainerSpec`. */
  Labels: Record<string, string>;
  TaskTemplate: TaskSpec;
  Mode: ServiceMode;
  UpdateConfig?: UpdateConfig;
  RollbackConfig?: UpdateConfig;
  EndpointSpec: EndpointSpec;
}

export interface TaskSpec {
  ContainerSpec: ContainerSpec;
  Resources: { Limits: Limits; Reservations: Reservations };
  RestartPolicy?: TaskRestartPolicy;
  Placement: Placement;
  /** Sorted by their targets. */
  Networks?: NetworkAttachment[];
  LogDriver?: { Name: string; Options?: Record<string, string> };
  /** Counted up to have every task made anew although nothing else differs. */
  ForceUpdate: number;
}

export interface ContainerSpec {
  Image?: string;
  Labels?: Record<string, string>;
  /** In place of the image's entrypoint. */
  Command?: string[];
  /** In place of the image's command. */
  Args?: string[];
  Hostname?: string;
  /** `NAME=value`, or a bare `NAME`. */
  Env?: string[];
  Dir?: string;
  User?: string;
  Groups?: string[];
  Privileges?: Privileges;
  Init: boolean;
  StopSignal?: string;
  TTY?: boolean;
  ReadOnly?: boolean;
  Mounts?: Mount[];
  StopGracePeriod?: number;
  Healthcheck?: HealthCheck;
  /** `address name`. */
  Hosts?: string[];
  DNSConfig: { Nameservers?: string[]; Search?: string[]; Options?: string[] };
  Secrets?: SecretReference[];
  Configs?: ConfigReference[];
  Isolation?: string;
  Sysctls?: Record<string, string>;
  CapabilityAdd?: string[];
  CapabilityDrop?: string[];
  Ulimits?: Ulimit[];
  OomScoreAdj?: number;
}

export interface Privileges {
  /** Of these three one is not empty; null where there is none. */
  CredentialSpec: { Config: string; File: string; Registry: string } | null;
  SELinuxContext: null;
  Seccomp?: {
    Mode: 'default' | 'unconfined' | 'custom';
    /** In base64. */
    Profile?: string;
  };
  AppArmor?: { Mode: 'default' | 'disabled' };
  NoNewPrivileges: boolean;
}

export interface FileTarget {
  Name: string;
  UID: string;
  GID: string;
  Mode: number;
}

export interface SecretReference {
  File: FileTarget;
  /** Empty where only the name is known yet. */
  SecretID: string;
  SecretName: string;
}

export interface ConfigReference {
  File?: FileTarget;
  /** In place of a file: what the engine itself uses, such as a credential spec. */
  Runtime?: Record<string, never>;
  /** Empty where only the name is known yet. */
  ConfigID: string;
  ConfigName: string;
}

export interface Limits {
  NanoCPUs?: number;
  MemoryBytes?: number;
  Pids?: number;
}

export interface Reservations {
  NanoCPUs?: number;
  MemoryBytes?: number;
  GenericResources?: { DiscreteResourceSpec: { Kind?: string; Value?: number } }[];
}

export interface TaskRestartPolicy {
  /** `none`, `on-failure` or `any`. */
  Condition?: string;
  Delay?: number;
  /** 0 for as many as it takes. */
  MaxAttempts?: number;
  Window?: number;
}

export interface Placement {
  Constraints?: string[];
  Preferences?: { Spread: { SpreadDescriptor: string } }[];
  /** Tasks on one node. */
  MaxReplicas?: number;
}

export interface NetworkAttachment {
  /** ID of the network, or its name, which engines take too. */
  Target: string;
  Aliases?: string[];
  DriverOpts?: Record<string, string>;
}

/** One of them. */
export interface ServiceMode {
  Replicated?: { Replicas?: number };
  Global?: Record<string, never>;
  ReplicatedJob?: { MaxConcurrent?: number; TotalCompletions?: number };
  GlobalJob?: Record<string, never>;
}

export interface UpdateConfig {
  /** Tasks at a time; 0 for all. */
  Parallelism: number;
  Delay?: number;
  /** `pause`, `continue` or `rollback`. */
  FailureAction?: string;
  Monitor?: number;
  MaxFailureRatio: number;
  /** `stop-first` or `start-first`. */
  Order: string;
}

export interface EndpointSpec {
  /** `vip` or `dnsrr`. */
  Mode?: string;
  Ports?: ServicePort[];
}

export interface ServicePort {
  Protocol: string;
  TargetPort?: number;
  /** Absent where the swarm chooses one. */
  PublishedPort?: number;
  /** `ingress` or `host`. */
  PublishMode: string;
}
