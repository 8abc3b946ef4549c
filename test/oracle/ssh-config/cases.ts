/** An ssh_config, and a machine that is looked up in it. */
export interface SshConfigCase {
  name: string;
  config: string;
  host: string;
}

/** The keys of `ssh -G` that are compared, with the lines of each. */
export type RecordedCase = SshConfigCase & { values: Record<string, string[]> };

export const KEYS = [
  ...[
    'hostname',
    'user',
    'port',
    'identityfile',
    'identitiesonly',
    'proxyjump',
    'proxycommand',
    'hostkeyalias',
  ],
  ...[
    'userknownhostsfile',
    'globalknownhostsfile',
    'stricthostkeychecking',
    'connecttimeout',
    'identityagent',
  ],
];

/** So that nothing depends on who asks. */
const COMPLETE = `
Host *
  User nobody
  IdentityFile /keys/last
  UserKnownHostsFile /known/last
  GlobalKnownHostsFile /known/global
`;

const CONFIGS: Record<string, { config: string; hosts: string[] }> = {
  nothing: { config: '', hosts: ['box', '10.0.0.1'] },
  'an alias': {
    config: 'Host box\n  HostName box.example.com\n  Port 2222\n  User ann\n',
    hosts: ['box', 'boxx', 'Box'],
  },
  'the first value wins': {
    config: 'Host box\n Port 1\nHost b*\n Port 2\n User eve\n',
    hosts: ['box', 'bar', 'car'],
  },
  patterns: {
    config: 'Host *.example.com !bad.example.com 10.0.?.1\n  Port 7\n',
    hosts: ['a.example.com', 'bad.example.com', '10.0.3.1', '10.0.33.1', 'example.com', 'axexample.com'],
  },
  'negation alone': { config: 'Host !box\n  Port 7\n', hosts: ['box', 'other'] },
  'equal signs, quotes, case, indentation, comments': {
    config:
      '# all\nhost=box\n\tHOSTNAME = "box.example.com"\n  port=  2200\n  IdentityFile "/keys/with blank"\n#Port 1\n\n',
    hosts: ['box'],
  },
  'a comment behind a value': {
    config: 'Host box # mine\n  Port 2200 # not 22\n',
    hosts: ['box', 'mine', '#'],
  },
  'several identity files': {
    config: 'IdentityFile /keys/a\nHost box\n  IdentityFile /keys/b\n  IdentitiesOnly yes\n',
    hosts: ['box', 'other'],
  },
  'several known_hosts files': {
    config: 'Host box\n  UserKnownHostsFile /known/a /known/b\n  UserKnownHostsFile /known/c\n',
    hosts: ['box'],
  },
  'tokens in the host name': { config: 'Host web?\n  HostName %h.internal%%x\n', hosts: ['web1'] },
  'a jump': {
    config: 'Host inner\n  ProxyJump ann@gate:2222,second\nHost gate\n  ProxyJump none\n',
    hosts: ['inner', 'gate'],
  },
  'a jump before a command': { config: 'ProxyJump gate\nProxyCommand nc %h %p\n', hosts: ['box'] },
  'a command before a jump': { config: 'ProxyCommand nc %h %p\nProxyJump gate\n', hosts: ['box'] },
  'no command': {
    config: 'Host box\n ProxyCommand none\nHost *\n ProxyCommand nc %h %p\n',
    hosts: ['box', 'other'],
  },
  'Match all': { config: 'Host box\n  User ann\nMatch all\n  Port 44\n', hosts: ['box', 'other'] },
  'Match host': {
    config:
      'Host box\n  HostName real.example.com\nMatch host real.*,x\n  Port 44\nMatch host box\n  Port 45\n',
    hosts: ['box', 'x', 'real.y'],
  },
  'Match originalhost': {
    config: 'Host box\n  HostName real\nMatch originalhost box host real\n  Port 44\n',
    hosts: ['box', 'real'],
  },
  'Match that does not hold': {
    config: 'Match exec false\n  Port 44\nMatch all\n  User ann\n',
    hosts: ['box'],
  },
  strictness: {
    config:
      'Host a\n StrictHostKeyChecking yes\nHost b\n StrictHostKeyChecking no\nHost c\n StrictHostKeyChecking accept-new\nHost d\n StrictHostKeyChecking off\n',
    hosts: ['a', 'b', 'c', 'd', 'e'],
  },
  'other settings': {
    config:
      'Host box\n  HostKeyAlias known-as\n  ConnectTimeout 7\n  IdentityAgent none\nHost *\n  IdentityAgent /run/agent.sock\n',
    hosts: ['box', 'other'],
  },
  'Windows line ends': { config: 'Host box\r\n  Port 2222\r\n  User ann\r\n', hosts: ['box'] },
};

export function allCases(): SshConfigCase[] {
  return Object.entries(CONFIGS).flatMap(([name, { config, hosts }]) =>
    hosts.map((host) => ({ name: `${name}: ${host}`, config: config + COMPLETE, host })),
  );
}
