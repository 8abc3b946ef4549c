import type { KeyDefinition, Operation } from './key-definition.js';
import { SWARM_KEYS } from './swarm-keys.js';

export type { KeyDefinition, KeyKind, Operation } from './key-definition.js';

const ALL: readonly Operation[] = ['build', 'run', 'live', 'transfer', 'publish', 'deploy'];

/** The keys of an image's section of run.cfg. The reader works from this table, and so does the reference. */
export const KEYS = {
  environment: {
    kind: 'words',
    meaning: 'Environment variables as `docker run` flags: `-e VAR=value`, `-e VAR`, `--env-file`',
    default: 'none',
    example: '-e LOG_LEVEL=debug -e HTTP_PROXY --env-file {project_root}/docker/dev.env',
    usedBy: ['run', 'live', 'deploy'],
  },
  env: {
    kind: 'section',
    meaning: 'Name of a section whose keys are environment variables; case counts there, a value is one word',
    default: 'none',
    example: 'dev_variables',
    usedBy: ['run', 'live', 'deploy'],
  },
  interactive: {
    kind: 'words',
    meaning: '`-it`, `-i`, `-t`, `-d`, or empty for none of them',
    default: '`-it` on a terminal, `-i` where standard input is a pipe or a file',
    example: '-it',
    usedBy: ['run', 'live'],
  },
  gpu: {
    kind: 'words',
    meaning: 'Flags that give the container the GPUs',
    default:
      'none; with `--gpu`, `--runtime=nvidia -e NVIDIA_VISIBLE_DEVICES=all -e CPU_GPU_ENV=/gpu-env`, or `--gpus all` where the engine has no nvidia runtime',
    example: `--gpus '"device=0,1"'`,
    usedBy: ['run', 'live', 'deploy'],
  },
  network: {
    kind: 'word',
    meaning: 'Name of the network that the container joins',
    default: "the engine's default network",
    example: '{project}-net',
    usedBy: ['run', 'live', 'deploy'],
  },
  volumes: {
    kind: 'words',
    meaning: 'Volumes and mounts: `-v host:container`, `--mount …`, or both',
    default: 'none',
    example: '-v {project_root}:/src -v {home}/.cache/pip:/root/.cache/pip',
    usedBy: ['run', 'live', 'deploy'],
  },
  ports: {
    kind: 'words',
    meaning: 'Published ports: `-p host:container`',
    default: 'none',
    example: '-p 8080:80 -p 127.0.0.1:5432:5432',
    usedBy: ['run', 'live', 'deploy'],
  },
  args: {
    kind: 'words',
    meaning: 'Any other `docker run` flags; they come last, so they win',
    default: 'none',
    example: '--shm-size 1g --cap-add SYS_PTRACE',
    usedBy: ['run', 'live', 'deploy'],
  },
  cmd: {
    kind: 'command',
    meaning: 'The command, as shell words or as a JSON array; nothing is replaced in it',
    default: "the image's own CMD",
    example: 'sh -c "pytest -q; exec sh"',
    usedBy: ['run', 'live', 'deploy'],
  },
  outputs: {
    kind: 'words',
    meaning:
      'What is copied out of the container when it ends, also where it fails, from any engine: `/path/inside:here`, a file or a folder',
    default: 'none',
    example: '/app/reports:reports /app/coverage.xml:reports/coverage.xml',
    usedBy: ['run', 'live'],
  },
  live_ignore: {
    kind: 'list',
    meaning:
      'Patterns of `.dockerignore` for what `live` does not sync, beside what the `.dockerignore` of the image leaves out; `!` takes back in',
    default: 'none',
    example: '*.log, build, !docs',
    usedBy: ['live'],
  },
  live_restart: {
    kind: 'list',
    meaning:
      'Patterns of files at whose change `live` starts the container again, in the language of `.dockerignore`; where it has failed, it waits for such a change',
    default: 'none',
    example: 'src/**, config.ini',
    usedBy: ['live'],
  },
  live_back: {
    kind: 'list',
    meaning: 'Patterns of files that come here when the container of `live` writes them',
    default: 'none',
    example: 'reports/**',
    usedBy: ['live'],
  },
  live_rebuild: {
    kind: 'list',
    meaning:
      'Patterns of files at whose change `live` builds the image again and replaces the container; empty for never',
    default: 'the Dockerfile, and the files that it copies from outside of mounts or by their names',
    example: 'requirements*.txt',
    usedBy: ['live'],
  },
  depends_on: {
    kind: 'list',
    meaning:
      'Sections that run beside it, started first: a name alone waits as its `ready` says, `name:service_started`, `name:service_healthy` and `name:service_completed_successfully` as in compose',
    default: 'none',
    example: 'db, migrate:service_completed_successfully',
    usedBy: ['run', 'live'],
  },
  ready: {
    kind: 'words',
    meaning:
      'When it is ready for those that depend on it: `running`, `healthy`, `port NUMBER`, `http PORT [PATH]`, `log "text" [TIMES]`, `exit STATUS`',
    default: '`healthy` where there is a health check, else `running`',
    example: 'port 5432',
    usedBy: ['run', 'live'],
  },
  ready_timeout: {
    kind: 'duration',
    meaning: 'How long it may take until it is ready, from its start',
    default: '`60s`',
    example: '2m',
    usedBy: ['run', 'live'],
  },
  stop_timeout: {
    kind: 'duration',
    meaning: 'How long it may take to end by itself when it is stopped, before it is killed; whole seconds',
    default: '`10s`',
    example: '30s',
    usedBy: ['run', 'live', 'deploy'],
  },
  reuse: {
    kind: 'boolean',
    meaning: 'Whether it runs on behind the run that started it, for the next one',
    default: 'False',
    example: 'True',
    usedBy: ['run', 'live'],
  },
  name: {
    kind: 'word',
    meaning: "Stands for the image's part of its name; a synthetic image names the image that it runs",
    default: "the folder's name",
    example: 'dev',
    usedBy: ALL,
  },
  tag: {
    kind: 'word',
    meaning: 'Tag of the image',
    default: "the user's name; of a synthetic image, the tag of the image that it runs",
    example: 'experiment.2017.12.16',
    usedBy: ALL,
  },
  prefix: {
    kind: 'boolean',
    meaning: "Whether the image's name starts with the project's name",
    default: 'True',
    example: 'False',
    usedBy: ALL,
  },
  build_args: {
    kind: 'words',
    meaning:
      '`docker build` flags, such as `--build-arg`, `--secret`, `--ssh`, `--target`, `--platform`, `--label`',
    default: 'none',
    example: '--build-arg PYTHON=3.12 --secret id=pip,src={home}/.pip/pip.conf',
    usedBy: ['build'],
    later: ['version'],
  },
  pull_from_on_force: {
    kind: 'boolean',
    meaning: 'With `--force-base`, whether what the base is built from is pulled',
    default: 'False',
    example: 'True',
    usedBy: ['build'],
  },
  pre_build_script: {
    kind: 'words',
    meaning: 'A command that is carried out before the build, in the project root, without a shell',
    default: 'none',
    example: '{project_root}/docker/{image}/prepare.sh',
    usedBy: ['build'],
  },
  post_build_script: {
    kind: 'words',
    meaning: 'A command that is carried out after a successful build, in the project root, without a shell',
    default: 'none',
    example: 'sh -c "rm -rf build && echo built"',
    usedBy: ['build'],
  },
  image_repo: {
    kind: 'word',
    meaning: 'Where to publish: the registry and path that come before the name, or `aws`',
    default: '`DOCKER_REPOSITORY` of the environment',
    example: 'registry.example.com/team',
    usedBy: ['publish'],
  },
  publication_tag: {
    kind: 'list',
    meaning: 'Complete references to publish to; `{account}`, `{region}` and `{version}` are known too',
    default: '`image_repo` and the name',
    example: 'registry.example.com/team/app:{version} registry.example.com/team/app:latest',
    usedBy: ['publish'],
    later: ['account', 'region', 'version'],
  },
  host: {
    kind: 'list',
    meaning: 'Where to transfer: `[user@]host[:port]`, ssh:// and tcp:// addresses, names of docker contexts',
    default: 'none',
    example: 'deploy@gpu-server, ssh://admin@10.0.0.7:2222',
    usedBy: ['transfer'],
  },
  ...SWARM_KEYS,
} as const satisfies Record<string, KeyDefinition>;

/** A key of an image's section, lower-cased as the reader looks it up. */
export type KeyName = keyof typeof KEYS;

/** Behind a key's name: its value where the engine is remote. */
export const DOCKED = '_docked';

/** The key of the table that `key` stands for, with or without `_docked`, or undefined. */
export function keyNamed(key: string): KeyName | undefined {
  const plain = key.endsWith(DOCKED) ? key.slice(0, -DOCKED.length) : key;
  return isKeyName(plain) ? plain : undefined;
}

/** The keys in the order of the table. */
export function keyNames(): KeyName[] {
  return Object.keys(KEYS).filter(isKeyName);
}

function isKeyName(key: string): key is KeyName {
  return Object.hasOwn(KEYS, key);
}

/** A key as the reference and written files spell it. */
export function spellingOf(key: KeyName): string {
  return key === 'pull_from_on_force' ? 'pull_FROM_on_force' : key;
}
