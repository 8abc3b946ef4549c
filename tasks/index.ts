export { DockerRegistry, type DockerRegistrySettings } from './registry.js';
export { dockerTasks, type DockerTasks } from './docker-tasks.js';
export type { DockerTaskSettings } from './context.js';
export type { Task } from './task.js';
export type { OneOrMore, Variables } from './flags.js';
export type { BuildOptions } from './build-options.js';
export type { CleanOptions } from './clean.js';
export type { ExecOptions, ShellOptions } from './containers/exec.js';
export type { LogsOptions } from './containers/logs.js';
export type { PsOptions } from './containers/ps.js';
export type { StartOptions } from './containers/start.js';
export type { WithServicesOptions } from './containers/with-services.js';
export type { Work } from './containers/settled.js';
export type { StopOptions } from './containers/stop.js';
export type { ConfigOptions } from './config.js';
export type { DeployOptions } from './deploy.js';
export type { DoctorOptions } from './doctor/index.js';
export type { FilesOptions } from './files.js';
export type { GenversionOptions } from './genversion.js';
export type { GraphTaskOptions } from './graph.js';
export type { HelpOptions } from './listing/help.js';
export type { ImagesOptions } from './images-table.js';
export type { JobOptions } from './job.js';
export type { LayerJson, LayersJson, LayersOfHostJson, LayersOptions } from './layers.js';
export type { LiveOptions } from './live.js';
export type { LockedDownOptions } from './locked-down.js';
export type { PublishOptions } from './publish.js';
export type {
  BuildFailedJson,
  BuildJson,
  BuiltJson,
  ConfigJson,
  ConfigValueJson,
  DoctorChapterJson,
  DoctorFindingJson,
  DoctorJson,
  ExportedJson,
  GraphImageJson,
  GraphJson,
  ImageJson,
  ImagePlaceJson,
  ImagesJson,
  JsonFailure,
  PsJson,
  PublishJson,
  RunningJson,
  TaskFlagJson,
  TaskJson,
  TasksJson,
  TransferFailedJson,
  TransferJson,
  TransferredJson,
} from './results.js';
export type { RollbackOptions } from './rollback.js';
export type { RunOptions } from './run.js';
export type { ServicesOptions } from './services.js';
export type {
  ServicesJson,
  SwarmContentJson,
  SwarmJson,
  SwarmNodeJson,
  SwarmServiceJson,
} from './swarm/results.js';
export type { TransferOptions } from './transfer.js';
export { synced } from '../lib/live/synced.js';
export { UserError } from '../lib/text/user-error.js';
