import { isRecord } from '../../../text/record.js';
import { convertAll, type Converter } from '../converter.js';
import { NotCarried } from '../not-carried.js';
import type { Target } from '../target.js';
import { isTrue, only, scalar } from '../values.js';
import { commandAndEntrypoint } from './command.js';
import { deploy } from './deploy.js';
import { envFile, environment } from './environment.js';
import { configs, secrets } from './files.js';
import { FLAGS } from './flags.js';
import { healthcheck } from './health.js';
import { networkMode, networks } from './networks.js';
import { ports } from './ports.js';
import { volumes } from './volumes.js';

/** Adds to a section what a service says of its containers; names of images are added elsewhere. */
export function convertService(service: Record<string, unknown>, to: Target): void {
  commandAndEntrypoint(service, to);
  const settings = Object.entries(service).filter(
    ([key, value]) =>
      !ELSEWHERE.includes(key) && !key.startsWith('x-') && value !== null && value !== undefined,
  );
  convertAll(settings, to, CONVERTERS, WHY);
}

const ELSEWHERE = ['build', 'image', 'command', 'entrypoint'];

const nothing: Converter = () => undefined;

const CONVERTERS: Readonly<Record<string, Converter>> = {
  ...FLAGS,
  environment,
  env_file: envFile,
  ports,
  volumes,
  networks,
  network_mode: networkMode,
  healthcheck,
  deploy,
  secrets,
  configs,
  depends_on: dependsOn,
  stop_grace_period: (value, to) => to.add('stop_timeout', to.word(value)),
  restart: (value) => {
    const policy = scalar(value);
    if (policy !== 'no') throw new NotCarried(`is ${policy}: what a run has started is removed with it`);
  },
  // On a terminal a run has one, and else it has none.
  tty: nothing,
  stdin_open: nothing,
  attach: nothing,
};

/** What is said of the best known of those that have no counterpart. */
const WHY: Readonly<Record<string, string>> = {
  container_name:
    'is not carried over: a container has a name of its run, and gulp ps, logs and exec find it',
  profiles: 'is not carried over: each section has a task of its own',
  links: 'is not carried over: what depends_on= names is found by the name of its section',
  external_links: 'is not carried over: network= joins a network that is there',
  develop: 'is not carried over: gulp live keeps a container as the project is edited',
  extends: 'is not carried over: write what it takes over into the section, or %(key)s of [DEFAULT]',
  scale: 'is not carried over: gulp deploy knows replicas=',
};

function dependsOn(value: unknown, to: Target): void {
  const names = Array.isArray(value) ? value.map(scalar) : Object.keys(isRecord(value) ? value : {});
  names.forEach((name, index) => {
    to.at(Array.isArray(value) ? index : name).attempt((target) => {
      if (!to.conversion.carried.has(name)) throw new NotCarried(`names ${name}, which has no section`);
      target.add('depends_on', name + conditionOf(isRecord(value) ? value[name] : undefined, target));
    });
  });
}

function conditionOf(value: unknown, to: Target): string {
  if (value === undefined || value === null) return '';
  const { condition, restart, required } = only(value, ['condition', 'restart', 'required']);
  if (isTrue(restart)) to.at('restart').told('is not carried over: what it needs is not started again');
  if (required !== undefined && !isTrue(required))
    to.at('required').told('is not carried over: what is named must start');
  return condition === undefined ? '' : `:${scalar(condition)}`;
}
