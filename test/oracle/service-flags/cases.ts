import { join } from 'node:path';
import { DURATIONS, I64, randomNumbers, SIZES, VALUES as RUN } from '../run-flags/cases.js';

/** One line that the docker CLI is asked about: the words behind `docker service create`. */
export interface Case {
  words: string[];
  /** Version of the API that the engine speaks; {@link CURRENT} unless the case is about an older one. */
  api?: string;
}

/** The API of docker CLI 28.5. */
export const CURRENT = '1.51';

/** The folder that the CLI runs in. */
export const FILES = join(import.meta.dirname, '../run-flags/files');

const texts = (line: string) => line.split(' ');
/** Values that a flag of `docker run` has been asked about. */
const run = (flag: string): readonly string[] => RUN[flag]!;

const U64 = [...texts('3 0 1 -1 +1 x 0x10 017 1_000 1.5 18446744073709551616'), '', ' 1'];
const COUNT = [...U64.slice(0, 6), ''];
const DURATION = [...texts('5s 0 1m30s -5s 5 1d'), ''];
const RATIOS = [
  ...texts(
    '0.5 0 1 .25 1e-7 1e-3 0.1 0.3333333333 -1 16777217 1e21 1e22 3.4e38 1e39 0x1p-2 x 1_0 nan inf 1e-50',
  ),
  '',
];
const ORDERS = [...texts('start-first stop-first START-FIRST x'), ''];
const ACTIONS = [...texts('pause continue rollback Pause x'), ''];

const REFERENCES = [
  ...texts(
    'conf source=conf src=conf,target=/etc/x source=conf,target=x,uid=1000,gid=1001,mode=0440 missing',
  ),
  ...texts('source=missing,target=x SOURCE=Conf,TARGET=/X target=x source=conf,mode=x source=conf,mode=440'),
  ...texts('source=conf,mode=0o440 source=conf,mode=0x1ff source=conf,mode= source=conf,mode=99999999999'),
  ...texts('source=conf,foo=bar source=conf,foo conf,other =x source= source=conf,target= source=a,source=b'),
  ...texts('source=conf,mode=4294967295 source=conf,mode=-1 source=conf,uid=,gid= "source=conf"'),
  ...['', '"source=conf', '"source=a b",target=c', 'source=conf,"target=/a,b"', ' conf', 'a"b', '__proto__'],
];

const ENTRYPOINTS = [
  ...['/bin/sh', 'sh -c "echo a"', "sh -c 'a b'", '', ' ', 'a\\ b', '"a', "'a", 'a\\', '"a\\"b"', '"a\\nb"'],
  ...[
    "'a\\'b",
    'a # b c',
    'a#b',
    '# all',
    'a\nb',
    '""',
    '"" x',
    "a''b",
    'a"b"c',
    '\\#a',
    'a "b',
    "it's",
    'a \\',
  ],
  ...['a\tb\r\nc', '# x\nb', '#\nb', 'a #x\nb', '"a\\', 'é "ü"', '$A `x`', "''", 'a \\\n b', '"a\nb"'],
];

const PORTS = [
  ...texts('published=8080,target=80,mode=host published=8080,target=80,protocol=udp target=80,mode=x'),
  ...texts('PUBLISHED=8080,TARGET=80,MODE=HOST,PROTOCOL=SCTP target=80,published=x target=x target=0'),
  ...texts('target=65536 published=8080 target=80,protocol=tcp target=80,foo=bar target=80,foo "target=80"'),
  ...texts(
    '"target=80 target=80,published=65536 target=80,published=0 target=80,mode=ingress target=80,mode=',
  ),
  ...texts('published=1,target=+80 target=080 target=80,target=81 target=80,,mode=host name=web,target=80'),
  ...texts('8000-8010:80 80-82 80-82:80-82/udp 8000-8002:80-82/sctp 127.0.0.1:8000-8005:80 0.0.0.0:80:80'),
  ...texts('target=1-2 80/tcp/udp 0:80 80:0 8000-8001:80-81'),
];

/** Values of each flag that takes one: what it should take, and what it should not. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'cap-add': [...run('cap-add'), 'RESET', 'ALL ', ' net_raw '],
  'cap-drop': run('cap-drop'),
  config: REFERENCES,
  constraint: ['node.role==worker', 'node.labels.a != b', 'x', ''],
  'container-label': run('label'),
  'credential-spec': [
    ...texts('file://f registry://r config://conf config://missing config:// FILE://f x'),
    '',
  ],
  dns: run('dns'),
  'dns-option': run('dns-option'),
  'dns-search': run('dns-search'),
  'endpoint-mode': [...texts('vip dnsrr DNSRR x'), ''],
  entrypoint: ENTRYPOINTS,
  env: run('env'),
  'env-file': run('env-file'),
  'generic-resource': [
    ...texts(
      'GPU=1 GPU=2 GPU=0 GPU=-1 GPU GPU=a GPU=1=2 =1 GPU= a=1,b=2 GPU=+1 GPU=0x1 GPU=99999999999999999999',
    ),
    ...['', ' GPU = 2 ', '__proto__=1', 'GPU=1.5'],
  ],
  group: run('group-add'),
  'health-cmd': run('health-cmd'),
  'health-interval': DURATIONS,
  'health-retries': run('health-retries'),
  'health-start-interval': run('health-start-interval'),
  'health-start-period': [...run('health-start-period'), '0'],
  'health-timeout': run('health-timeout'),
  host: run('add-host'),
  hostname: ['web', '{{.Node.Hostname}}-{{.Task.Slot}}', '', 'a b'],
  isolation: run('isolation'),
  label: run('label'),
  'limit-cpu': run('cpus'),
  'limit-memory': SIZES,
  'limit-pids': I64,
  'log-driver': run('log-driver'),
  'log-opt': [...run('log-opt'), 'FROM_HERE', 'NOT_HERE'],
  'max-concurrent': COUNT,
  mode: [...texts('replicated global replicated-job global-job Global x'), ''],
  mount: run('mount'),
  name: run('name'),
  network: [...run('network'), 'missing', 'name=missing,alias=a'],
  'oom-score-adj': run('oom-score-adj'),
  'placement-pref': [...texts('spread=node.labels.zone spread= spread binpack=x =x SPREAD=x spread=a=b'), ''],
  publish: [...PORTS, ...run('publish')],
  replicas: U64,
  'replicas-max-per-node': U64,
  'reserve-cpu': ['.5', '2', '0', '-1', '1/3', 'x', ''],
  'reserve-memory': ['512m', '1g', '0', '-1', 'x', ''],
  'restart-condition': [...texts('any none on-failure Any x'), ''],
  'restart-delay': DURATION,
  'restart-max-attempts': COUNT,
  'restart-window': DURATION,
  'rollback-delay': DURATION,
  'rollback-failure-action': ACTIONS,
  'rollback-max-failure-ratio': RATIOS.slice(0, 5),
  'rollback-monitor': DURATION,
  'rollback-order': ORDERS,
  'rollback-parallelism': COUNT,
  secret: REFERENCES,
  'stop-grace-period': DURATION,
  'stop-signal': run('stop-signal'),
  sysctl: run('sysctl'),
  ulimit: run('ulimit'),
  'update-delay': [...DURATION, '2562047h47m16.854775807s'],
  'update-failure-action': ACTIONS,
  'update-max-failure-ratio': RATIOS,
  'update-monitor': DURATION,
  'update-order': ORDERS,
  'update-parallelism': U64,
  user: run('user'),
  workdir: run('workdir'),
};

const BOOLEANS = texts(
  'detach init no-healthcheck no-resolve-image quiet read-only tty with-registry-auth help',
);
const SHORT: Readonly<Record<string, string>> = {
  ...{
    detach: 'd',
    env: 'e',
    label: 'l',
    publish: 'p',
    quiet: 'q',
    tty: 't',
    user: 'u',
    workdir: 'w',
    help: 'h',
  },
};

/** Flags that count together, or forbid each other. */
const TOGETHER: readonly string[] = [
  ...[
    '',
    'img sh -c x',
    'img -e A=b',
    'img --name x',
    '-- img -x',
    '--',
    '- x',
    'IMG',
    'a/B',
    'img:1',
    'img@',
    'img:',
  ],
  ...[
    'docker.io/library/a',
    'index.docker.io/a/b',
    'localhost:5000/x',
    'docker.io/a',
    'é',
    'a//b',
    'docker.io',
    'HOST/x',
  ],
  ...[
    'library/a',
    'docker.io/library',
    'docker.io/library/a/b',
    '[::1]:5000/x',
    'img:-x',
    'a_b.c/app',
    'localhost/a',
  ],
  `img@sha256:${'a'.repeat(64)}`,
  `img:1@sha256:${'a'.repeat(64)}`,
  `docker.io/library/img:1@sha256:${'a'.repeat(64)}`,
  `sha256:${'b'.repeat(64)}`,
  'a'.repeat(64),
  'a'.repeat(63),
  `127.0.0.1:1/app:${'c'.repeat(64)}`,
  ...[
    '--name',
    '-e',
    '-x img',
    '--x img',
    '--memory 1g img',
    '-v /a:/b img',
    '--net n img',
    '--net-alias a img',
  ],
  ...[
    '-dqt img',
    '-dq=false img',
    '-tu root img',
    '-ew=x img',
    '-p80:80 img',
    '-dp 80:80 img',
    '--cpus 1 img',
    '-z',
  ],
  '--mode global --replicas 2 img',
  '--mode global --replicas-max-per-node 2 img',
  '--mode global --replicas-max-per-node 0 img',
  '--mode global --max-concurrent 2 img',
  '--mode replicated --max-concurrent 2 img',
  '--mode replicated-job --replicas 5 img',
  '--mode replicated-job --replicas 5 --max-concurrent 2 img',
  '--mode replicated-job --max-concurrent 2 img',
  '--mode global-job --replicas 5 img',
  '--mode global-job --max-concurrent 5 img',
  '--mode global-job --replicas-max-per-node 5 img',
  '--mode replicated-job --update-order start-first img',
  '--mode global-job --rollback-delay 1s img',
  '--mode replicated-job --restart-condition none img',
  '--mode global --mode replicated --replicas 2 img',
  '--replicas 2 --replicas 3 --replicas-max-per-node 1 img',
  '--update-delay 1s --update-monitor 2s --update-order start-first --update-parallelism 0 --update-failure-action rollback --update-max-failure-ratio 0.2 img',
  '--rollback-delay 1s --rollback-monitor 2s --rollback-order start-first --rollback-parallelism 2 --rollback-failure-action continue --rollback-max-failure-ratio 0.2 img',
  '--update-delay 1s --update-delay 0 img',
  '--restart-condition on-failure --restart-delay 1s --restart-max-attempts 3 --restart-window 1m img',
  '--restart-delay 0 --restart-window 0 img',
  '--limit-cpu 1.5 --limit-memory 512m --limit-pids 100 --reserve-cpu .25 --reserve-memory 128m --generic-resource GPU=1 img',
  '--generic-resource GPU=1 --generic-resource FPGA=2 img',
  '--generic-resource GPU=1 --generic-resource GPU=2 img',
  '--generic-resource GPU=1 --generic-resource GPU=a img',
  '--generic-resource GPU=a --generic-resource GPU=b img',
  '--constraint node.role==worker --constraint node.labels.a==b --placement-pref spread=a --placement-pref spread=b img',
  '--network n1 --network n2 --network name=a9,alias=x,alias=y img',
  '--network n1 --network n1 img',
  '--network name=n1,driver-opt=a=b,ip=10.0.0.3 --network host img',
  '--network missing --generic-resource GPU=a img',
  '--secret a --secret b --secret source=a,target=c img',
  '--secret a --secret a img',
  '--secret a --secret source=b,target=a img',
  '--secret a --secret missing --config missing img',
  '--config a --config source=b,target=/etc/b,mode=0400 img',
  '--config a --config source=b,target=a img',
  '--secret a --config a img',
  '--credential-spec config://a --config a img',
  '--credential-spec config://a --config b --config source=a,target=c img',
  '--credential-spec config://a --credential-spec file://f img',
  '--credential-spec file://f --credential-spec= img',
  '--no-healthcheck --health-cmd x img',
  '--no-healthcheck --health-interval 0 img',
  '--no-healthcheck=false --health-cmd x img',
  '--health-cmd x --health-interval 5s --health-timeout 2s --health-retries 3 --health-start-period 1m --health-start-interval 1s img',
  '--health-cmd x --health-cmd= img',
  '--health-interval 5s --health-interval 0 img',
  '--health-retries 0 img',
  '--env-file plain.env -e A=over img',
  '--env-file plain.env --env-file bom-crlf.env img',
  '-e A=1 -e A=2 img',
  '-e A=1 -e B=2 -e A=3 img',
  '-e A=1 -e A=1 img',
  '-e A=1 -e A=1 -e A=2 img',
  '-e A=1 -e A=1 -e B=2 -e A=2 img',
  '-e A -e A=1 img',
  '-e A=1 -e A img',
  '-e FROM_HERE -e FROM_HERE=x img',
  '-l a=1 -l a=2 --container-label a=3 --container-label __proto__=x img',
  '--cap-add b --cap-add a --cap-add CAP_B --cap-drop a --cap-drop c img',
  '--cap-add ALL --cap-add a --cap-drop all --cap-drop mknod img',
  '--cap-drop all --cap-drop mknod --cap-add net_raw img',
  '--cap-add RESET --cap-drop RESET img',
  '--log-opt a=b img',
  '--log-driver none --log-opt a=b img',
  '--log-driver json-file --log-opt a=b --log-opt a=c --log-opt FROM_HERE img',
  '--log-driver json-file --log-driver= --log-opt a=b img',
  '--mount type=bind,src=./sub,dst=/b --mount type=tmpfs,dst=/c,tmpfs-size=64m --mount src=v,dst=/d img',
  '--mount type=bind,src=/a,dst=/b --mount type=bind,src=/a,dst=/b img',
  '-p 80:80 -p 80:80 img',
  '-p 80 -p 81/udp -p 8000-8002:90-92 img',
  '-p published=8080,target=80,mode=host -p 81:81 img',
  '--dns 8.8.8.8 --dns 1.1.1.1 --dns-option a --dns-search x.y --host db:10.0.0.2 --host db=10.0.0.3 img',
  '--host a:b=1.2.3.4 img',
  '--host db:host-gateway --host v6:::1 img',
  '--ulimit nofile=1 --ulimit nofile=2:3 --ulimit core=0 img',
  '--sysctl net.a=1 --sysctl net.a=2 --sysctl __proto__=1 img',
  '--group a --group b img',
  '--init img',
  '--init=false img',
  '--init --init=false img',
  '--entrypoint sh --entrypoint= img',
  '--entrypoint sh img -c x',
  '--stop-grace-period 0 img',
  '--workdir= --user= --hostname= --name= --stop-signal= --isolation= img',
  '--detach=false img',
  '--help',
  '-h',
  '--replicas x --mode y img',
  '--mode x --no-healthcheck --health-cmd y img',
  '--env-file missing.env --mode x img',
  '--mode x --generic-resource GPU=a img',
  '--__proto__ img',
  '--constructor=x img',
  '--disable-content-trust img',
];

/** Asked of engines that speak an older API. */
const OLDER: readonly string[] = [
  ...[
    'img',
    '--health-start-interval 1s img',
    '--oom-score-adj 5 img',
    '--ulimit nofile=1 img',
    '--cap-add a img',
  ],
  '--mount type=bind,src=/a,dst=/b,ro,bind-recursive=readonly,bind-propagation=rprivate img',
  '--oom-score-adj 0 --health-start-interval 0 img',
  '--oom-score-adj x img',
  '--mode x --oom-score-adj 5 img',
];

/** Every question, in an order that stays the same. */
export function allCases(): Case[] {
  const lines = [...forms(), ...values(), ...booleans(), ...TOGETHER.map(split), ...generated(350)];
  const seen = new Set<string>();
  const unique = lines.filter((words) => {
    const key = JSON.stringify(words);
    return !seen.has(key) && seen.add(key);
  });
  const older = ['1.41', '1.43', '1.45'].flatMap((api) => OLDER.map((line) => ({ words: split(line), api })));
  return [...unique.map((words) => ({ words })), ...older];
}

function split(line: string): string[] {
  return line === '' ? [] : line.split(' ');
}

/** Each flag alone, twice, without a value, and by its letter. */
function forms(): string[][] {
  return Object.entries(VALUES).flatMap(([name, [first = '', second = '']]) => {
    const short = SHORT[name];
    const long = [
      [`--${name}`, first, 'img'],
      [`--${name}`, first, `--${name}`, second, 'img', 'sh'],
      [`--${name}`],
    ];
    return short === undefined ? long : [...long, [`-${short}`, first, 'img'], [`-${short}${first}`, 'img']];
  });
}

function values(): string[][] {
  return Object.entries(VALUES).flatMap(([name, given]) => given.map((text) => [`--${name}=${text}`, 'img']));
}

function booleans(): string[][] {
  return BOOLEANS.flatMap((name) => {
    const given = texts('true false F yes').map((text) => [`--${name}=${text}`, 'img']);
    const short = SHORT[name];
    const brief =
      short === undefined
        ? []
        : [
            [`-${short}`, 'img'],
            [`-${short}=x`, 'img'],
          ];
    return [[`--${name}`, 'img'], [`--${name}`, 'false'], ...given, ...brief];
  });
}

/** Lines of random flags, the same ones every time. */
function generated(count: number): string[][] {
  const random = randomNumbers(20261129);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const names = Object.keys(VALUES);
  const switches = BOOLEANS.filter((name) => name !== 'help');
  return Array.from({ length: count }, (_, index) => {
    const words: string[] = [];
    const flags = 2 + Math.floor(random() * 7);
    for (let n = 0; n < flags; n++) {
      if (random() < 0.15) {
        words.push(`--${pick(switches)}`);
        continue;
      }
      const name = pick(names);
      // Three lines in four hold only values that are likely to be taken: the first ones of each list.
      const text = pick(index % 4 === 0 ? VALUES[name]! : VALUES[name]!.slice(0, 2));
      words.push(...(random() < 0.5 ? [`--${name}`, text] : [`--${name}=${text}`]));
    }
    const image = pick(['img', 'registry.example.com:5000/team/app:1.2', `app@sha256:${'c'.repeat(64)}`]);
    return [...words, image, ...pick([[], ['sh'], ['sh', '-c', 'echo "$A"'], ['--flag', '-x'], ['']])];
  });
}
