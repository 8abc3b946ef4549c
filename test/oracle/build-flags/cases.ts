/** Values of the flags that the classic form of `docker build` has too. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'add-host': ['db:10.0.0.2', 'db=::1', 'db:[::1]', 'db', 'h:host-gateway', ''],
  'build-arg': ['A=b', 'A', 'FROM_HERE', 'A=', '=x', '', 'A=b=c', '__proto__=x', 'A=é "x"'],
  'cache-from': ['a:b', 'a,b', '', '"a,b"', 'a,,b', 'a"b'],
  'cgroup-parent': ['/x', ''],
  'cpu-period': ['1000', '0', 'x', '-1'],
  'cpu-quota': ['1000', '0x10'],
  'cpu-shares': ['512', '-2', ''],
  'cpuset-cpus': ['0-3', ''],
  'cpuset-mems': ['0', ''],
  isolation: ['default', 'DEFAULT', 'hyperv', ''],
  label: ['a=b', 'a', 'a=', '=b', 'a b=c', '', '__proto__=x'],
  memory: ['1g', '0', '-1', '1.5k', 'x', ''],
  'memory-swap': ['2g', '-1', 'x'],
  network: ['host', 'none', 'default', '', 'mynet', 'container:x'],
  platform: ['linux/amd64', 'LINUX/ARM64', 'linux/arm/v7', ''],
  'security-opt': ['a=b', 'a,b', '', 'seccomp=unconfined', '"x'],
  'shm-size': ['64m', '0', 'x'],
  tag: ['a', 'a:b', 'A', 'a:', 'reg.io:5000/x/y:z', '', 'a@sha256:' + 'a'.repeat(64), 'a'.repeat(64)],
  target: ['dev', ''],
  ulimit: ['nofile=1', 'nofile=1:2', 'nofile=2:1', 'x=1', 'core=-1'],
};

const BOOLEANS = ['no-cache', 'pull', 'force-rm', 'rm', 'quiet', 'compress'];
const SHORT: Readonly<Record<string, string>> = { 'cpu-shares': 'c', memory: 'm', tag: 't' };

const TOGETHER = [
  '',
  '--build-arg A=1 --build-arg A=2 --build-arg B',
  '--label a=1 --label a=2',
  '-t a -t b:c --tag d',
  '--cache-from a --cache-from b,c',
  '--security-opt a --security-opt b,c',
  '--add-host a:1.1.1.1 --add-host b:::1',
  '--ulimit nofile=1 --ulimit core=2 --ulimit nofile=3:4',
  '-qt x',
  '-qm1g -c 2',
  '-qx',
  '-t',
  '--target a --target b',
  '--pull --no-cache --force-rm --rm=false -q',
  '--pull --pull=false',
  '--rm --rm=false',
  '--network host --network default',
  '--platform linux/amd64 --platform linux/arm64',
  '--unknown',
  '--disable-content-trust',
  '--squash=false',
  '-m 1g -m 2g --memory-swap -1',
  '--memory',
  '--build-arg A=1 --label x=y --target t --platform linux/amd64 --pull --shm-size 1m --ulimit nofile=5 -t app:1',
  '-f Dockerfile',
  '-fDockerfile -t a',
];

/** The flags of every `docker build` that the CLI is asked about. */
export function allCases(): string[][] {
  const given = Object.entries(VALUES).flatMap(([name, values]) => [
    ...values.map((value) => [`--${name}=${value}`]),
    [`--${name}`, values[0]!],
    [`--${name}`, values[0]!, `--${name}=${values[1]!}`],
    ...(SHORT[name]
      ? [
          [`-${SHORT[name]}`, values[0]!],
          [`-${SHORT[name]}${values[0]!}`],
          [`-q${SHORT[name]}=${values[0]!}`],
        ]
      : []),
  ]);
  const switches = BOOLEANS.flatMap((name) => [
    [`--${name}`],
    ...['true', 'false', '0', 'T', 'x', ''].map((value) => [`--${name}=${value}`]),
  ]);
  const lines = TOGETHER.map((line) => (line === '' ? [] : line.split(' ')));
  return [...given, ...switches, ...lines];
}
