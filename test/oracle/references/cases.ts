const HEX64 = '0123456789abcdef'.repeat(4);
const SHA256 = `sha256:${HEX64}`;

/** What stands before the first slash. */
const HOSTS = [
  ...[
    '',
    'docker.io',
    'index.docker.io',
    'localhost',
    'registry.example.com',
    'localhost:5000',
    'a.b:5000',
    'a:5',
  ],
  ...[
    '127.0.0.1:5000',
    '[::1]',
    '[::1]:5000',
    '[2001:DB8::1]:443',
    'REGISTRY',
    'Registry.Example.com',
    'team',
  ],
  ...[
    'a..b',
    'a-.b',
    'a.-b',
    '-a.b',
    'a-.b:1',
    'a_b.c',
    'a_b:5',
    'a.b:',
    'a.b:port',
    'a.b:5000x',
    '.a',
    'a.',
    'A-',
  ],
  ...[
    '[::1',
    '::1',
    '[g::1]',
    '[::1]x',
    '[fe80::1%eth0]',
    '[]',
    'ä.example.com',
    'xn--4ca.example.com',
    'a b.c',
    'http:',
  ],
  ...[
    'docker.io:443',
    'DOCKER.IO',
    'index.docker.io:443',
    'LOCALHOST',
    'user@a.b',
    'a.b.',
    'a.1',
    '1',
    '1.2',
    'a'.repeat(64) + '.b',
  ],
];

const PATHS = [
  ...[
    'app',
    'team/app',
    'a.b',
    'a_b',
    'a__b',
    'a-b',
    'a--b',
    'a---b',
    'a..b',
    'a___b',
    'a._b',
    'a.-b',
    'a-.b',
    '-a',
    'a-',
  ],
  ...[
    '_a',
    'a_',
    '.a',
    'a.',
    'App',
    'team/App',
    'a//b',
    '/a',
    'a/',
    'library/app',
    'library',
    '1',
    '1/2',
    'a b',
    'ä',
    'a+b',
  ],
  ...[
    '',
    'a/b/c/d/e/f/g/h',
    'a\n',
    ' a',
    'a ',
    '\ta',
    'a%2fb',
    'a~b',
    'a$b',
    '$a',
    '${a}',
    '{a}',
    'a:b/c',
    '..',
    '../a',
  ],
];

const TAGS = [
  ...[
    'latest',
    '1.0',
    '_',
    '__',
    'A-b.c',
    '',
    '.a',
    '-a',
    'a b',
    'a/b',
    'a:b',
    '1+2',
    'é',
    'a\n',
    '1-',
    '1.',
    '$v',
    '{v}',
  ],
  ...['a'.repeat(128), 'a'.repeat(129), '5000', 'sha256', '0123456789abcdef'.repeat(4)],
];

const DIGESTS = [
  ...[
    SHA256,
    SHA256.toUpperCase(),
    `sha256:${HEX64.toUpperCase()}`,
    'sha256:',
    'sha256',
    '',
    `sha256:${HEX64.slice(1)}`,
  ],
  ...[
    `sha256:${HEX64}0`,
    `sha512:${HEX64}${HEX64}`,
    `sha512:${HEX64}`,
    `sha384:${HEX64}${HEX64.slice(32)}`,
    `md5:${HEX64.slice(32)}`,
  ],
  ...[
    `sha256+b64:${HEX64}`,
    `SHA256:${HEX64}`,
    `sha256:${'g'.repeat(64)}`,
    `:${HEX64}`,
    `a_b:${HEX64}`,
    `a__b:${HEX64}`,
  ],
  ...[`sha256:${HEX64.slice(32)}`, `sha256:${HEX64.slice(33)}`, HEX64, `${SHA256}@${SHA256}`, `${SHA256}:a`],
];

const BY_HAND = [
  ...[
    HEX64,
    HEX64.toUpperCase(),
    HEX64.slice(1),
    `${HEX64}0`,
    `a/${HEX64}`,
    `localhost/${HEX64}`,
    `${HEX64}:a`,
    `${HEX64}/a`,
  ],
  ...[...DIGESTS.filter((digest) => digest !== ''), `app:${HEX64}`, `app:1@${SHA256}`, `app@${SHA256}:1`],
  ...[250, 255, 256].flatMap((length) =>
    ['a', 'a/', 'a.b/', 'a.b:5000/', 'docker.io/', 'library/', 'docker.io/library/'].map(
      (lead) => lead + 'b'.repeat(length - lead.length),
    ),
  ),
  ...[247, 248, 255, 256].flatMap((length) =>
    ['', 'a.b:5000/', 'localhost/'].map((lead) => lead + 'b'.repeat(length)),
  ),
  ...[
    'a/'.repeat(120) + 'a',
    'a/'.repeat(128) + 'a',
    'a'.repeat(127) + '/' + 'b'.repeat(127),
    'a'.repeat(127) + '/' + 'b'.repeat(128),
  ],
  ...[
    ':',
    '@',
    '/',
    '.',
    ':tag',
    '@sha256',
    '//',
    'app:',
    'app@',
    'a.b:5000/',
    'localhost:5000',
    'a.b:5000',
    'a.b',
    'a:b:c',
    'a:b@c:d',
  ],
  ...[
    'index.docker.io/library/app:1',
    'docker.io/library/team/app',
    'docker.io/library',
    'library/library',
    'index.docker.io/team/app',
  ],
  ...[
    'https://registry.example.com/app',
    'docker://app',
    'app:latest ',
    '--help-me',
    'scratch',
    'proj-base:ada',
    'proj-base:ada-builder',
  ],
  ...[
    'app\u0000',
    'app:1\u0000',
    'ａpp',
    'app:１',
    'a\u0301pp',
    'app\r',
    'app:1\r\n',
    'App:1',
    'registry/App:1',
    'REGISTRY/App',
  ],
];

/** Every text that the docker CLI is asked about. */
export function allCases(): string[] {
  const texts = [
    ...HOSTS.flatMap((host) => ['app', 'team/app:1', 'library/app'].map((rest) => `${host}/${rest}`)),
    ...HOSTS,
    ...PATHS.flatMap((path) => [path, `a.b:5000/${path}:1`, `team/${path}@${SHA256}`]),
    ...TAGS.flatMap((tag) => [`app:${tag}`, `localhost:5000/app:${tag}`]),
    ...DIGESTS.flatMap((digest) => [`app@${digest}`, `a.b:5000/team/app:1@${digest}`]),
    ...BY_HAND,
    ...shuffledPieces(150),
  ];
  // A NUL cannot stand in an argument, and a dash begins a flag.
  return [...new Set(texts)].filter((text) => !text.includes('\0') && !text.startsWith('-') && text !== '');
}

/** Pieces of references put together at random, the same ones each time. */
function shuffledPieces(count: number): string[] {
  const pieces = [
    'a',
    'b1',
    'A',
    '.',
    '-',
    '_',
    '/',
    ':',
    '@',
    '5000',
    'localhost',
    'docker.io',
    '[::1]',
    `@${SHA256}`,
  ];
  let state = 1;
  const below = (limit: number) => {
    state = (state * 48271) % 0x7fffffff;
    return state % limit;
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: 2 + below(6) }, () => pieces[below(pieces.length)] ?? '').join(''),
  );
}
