import type { KeyDefinition } from './key-definition.js';

/** The keys for services of a swarm. */
export const SWARM_KEYS = {
  swarm: {
    kind: 'word',
    meaning: 'A manager of the swarm where `deploy` and `job` take it, in the forms of `host`',
    default: 'none; `--swarm` gives one',
    example: 'ssh://ada@manager',
    usedBy: ['deploy'],
  },
  nodes: {
    kind: 'list',
    meaning:
      "How machines of the swarm are reached, in the forms of `host`: those that are not reached over ssh at the swarm's own addresses, through the manager and as its user",
    default: "the swarm's own addresses",
    example: 'ada@worker-1, ada@worker-2:2222',
    usedBy: ['deploy'],
  },
  replicas: {
    kind: 'word',
    meaning: 'How many containers a deployed service has, or `global` for one on each node',
    default: '`1`',
    example: '3',
    usedBy: ['deploy'],
  },
  update: {
    kind: 'words',
    meaning:
      'How a new version takes the place of the old one: `parallelism=`, `delay=`, `monitor=`, `order=` (`stop-first`, `start-first`), `failure-action=` (`rollback`, `pause`, `continue`), `max-failure-ratio=`',
    default: '`failure-action=rollback`, and else as `docker service create`',
    example: 'order=start-first parallelism=2 monitor=15s',
    usedBy: ['deploy'],
  },
  constraints: {
    kind: 'words',
    meaning: 'Which nodes may run it, each a word, as `docker service create --constraint` has it',
    default: 'none',
    example: 'node.role==worker node.labels.disk==ssd',
    usedBy: ['deploy'],
  },
  reserve: {
    kind: 'words',
    meaning:
      'What must be free on a node for each container: `cpus=`, `memory=`, and generic resources such as GPUs by the name that the engines count them by',
    default: 'none',
    example: 'cpus=0.5 memory=512m GPU=1',
    usedBy: ['deploy'],
  },
  secrets: {
    kind: 'words',
    meaning:
      'Secrets of the swarm that its containers see, each a word, as `docker service create --secret` has it',
    default: 'none',
    example: 'db_password source=tls_key,target=/run/tls.key,mode=0400',
    usedBy: ['deploy'],
  },
  configs: {
    kind: 'words',
    meaning:
      'Configs of the swarm that its containers see, each a word, as `docker service create --config` has it',
    default: 'none',
    example: 'source=app_settings,target=/etc/app.conf',
    usedBy: ['deploy'],
  },
} as const satisfies Record<string, KeyDefinition>;
