import { buildSyntax } from '../../lib/build/flags/build-syntax.js';
import { parseBuildFlags } from '../../lib/build/flags/index.js';
import { completeReference } from '../../lib/oci/transfer-reference.js';
import { NotReadiness, readinessText, readReadiness } from '../../lib/project/settings/readiness.js';
import { parseDestination } from '../../lib/publish/destination.js';
import { parseRunLine } from '../../lib/run/flags/index.js';
import { runSyntax } from '../../lib/run/flags/run-flags.js';
import { parseServiceLine, serviceOfRun } from '../../lib/swarm/flags/index.js';
import { serviceSyntax } from '../../lib/swarm/flags/service-flags.js';
import { commandLine } from '../../lib/text/command-line.js';
import { didYouMean, nearName } from '../../lib/text/did-you-mean.js';
import { printable, printableLine } from '../../lib/text/printable.js';
import { maskQuoted, maskSecrets } from '../../lib/text/secrets.js';
import { splitWords, WordError } from '../../lib/text/shell-words.js';
import { UserError } from '../../lib/text/user-error.js';
import { inTwo, type Parser, reading } from './parser.js';

const environment = { HOME: '/home/alice', USER: 'alice', A: 'b', TOKEN: 'x' };
const host = { environment, directory: '/app', readFile: () => 'A=b\nC\n#\n' };

const VALUES = [
  ...[
    'a',
    '1',
    '-1',
    '1g',
    '0.5',
    'host',
    'true',
    '10.0.0.1',
    '80:80',
    '/a:/b:ro,z',
    'A=b',
    '1m30s',
    '0-3,5',
  ],
  ...[
    'type=bind,src=/a,dst=/b,readonly',
    'type=tmpfs,dst=/a,tmpfs-size=1g',
    'type=volume,"volume-opt=o=a,b",dst=/x',
  ],
  ...[
    '127.0.0.1:8000-8010:80-90/tcp',
    '[::1]:80:80',
    'name=net,ip=10.0.0.2,alias=a,driver-opt=b=c',
    '/dev/a:/dev/b:rwm',
  ],
  ...[
    'c 1:3 mr',
    '/dev/sda:1mb',
    'nofile=1:2',
    'seccomp={"a":1}',
    '"device=0,1",capabilities=gpu',
    'vendor.com/x=all',
  ],
  ...[
    'id=x,src=/a',
    'id=x,env=TOKEN',
    'default=/run/agent.sock',
    'type=registry,ref=a/b:c,mode=max',
    'linux/arm/v7,windows',
  ],
  ...[
    'host.docker.internal:host-gateway',
    '02:42:ac:11:00:02',
    'name=docker-image://alpine:3',
    'ctrl-p,ctrl-q',
    'json-file',
  ],
];

/** Each flag with that value. */
function valueOfEach(flags: object, parse: (word: string) => unknown): (text: string) => string[] {
  return (text) =>
    Object.keys(flags).flatMap((name) => {
      try {
        parse(`--${name}=${text}`);
        return [];
      } catch (error) {
        if (error instanceof UserError) return error.message;
        throw error;
      }
    });
}

const SECRETS = [
  ...[
    '--env=TOKEN=x,PASSWORD="a b"',
    'https://u:p@host/x?y',
    'git+https://tok@host',
    'Authorization: Bearer x',
  ],
  ...[`invalid argument 'A_KEY=x' for "-e"`, '{"auth": "x"}', 'token=a,token=b', 'http://a:b@c http://d:e@f'],
];

export const words: readonly Parser[] = [
  reading(
    'words of a shell',
    ['a "b c" \'d\' e\\ f\\\n g', '"a\\"b$"'],
    (text) => void splitWords([{ text, line: 1 }]),
    [WordError],
  ),
  reading(
    'run flags',
    ['-it --rm -v /a:/b -e A=b --name x -p 80:80 img:1 sh -c x', '--env-file f -itp80:80 i'],
    (text) => [commandLine(parseRunLine(text.split(' '), host).words)],
  ),
  {
    ...reading(
      'values of run flags',
      VALUES,
      valueOfEach(runSyntax.flags, (word) => parseRunLine([word, 'img'], host)),
    ),
    longest: 20_000,
  },
  {
    ...reading(
      'values of service flags',
      VALUES,
      valueOfEach(serviceSyntax.flags, (word) => parseServiceLine([word, 'img'], host)),
    ),
    longest: 20_000,
  },
  {
    ...reading(
      'run flags as those of a service',
      VALUES,
      valueOfEach(runSyntax.flags, (word) => serviceOfRun([word], host)),
    ),
    longest: 20_000,
  },
  reading('files of run flags', ['A=b\nC\n# d\n', '{"defaultAction": "SCMP_ACT_ALLOW"}'], (text) => {
    const readFile = () => text;
    for (const flag of ['--env-file=f', '--label-file=f', '--security-opt=seccomp=f'])
      parseRunLine([flag, 'img'], { ...host, readFile });
  }),
  reading(
    'build_args',
    ['--build-arg A=b --secret id=x,env=TOKEN --pull -t a:b', '--label a=b --ssh default'],
    (text) => {
      parseBuildFlags(text.split(' '), { environment, directory: '/app' });
    },
  ),
  {
    ...reading(
      'values of build flags',
      VALUES,
      valueOfEach(buildSyntax.flags, (word) => parseBuildFlags([word], { environment, directory: '/app' })),
    ),
    longest: 20_000,
  },
  reading(
    'ready=',
    ['port 5432', 'http 80 /ok?a=b', 'log "ready to accept" 2', 'exit 0', 'healthy'],
    (text) => {
      const words = splitWords([{ text, line: 1 }]).map((word) => word.text);
      return [readinessText(readReadiness(words))];
    },
    [NotReadiness, WordError],
  ),
  reading('secrets in words', SECRETS, (text) => [
    commandLine(text.split('\n')),
    printable(maskQuoted(text)),
    printable(maskSecrets(text)),
    printableLine(text),
  ]),
  reading('a misspelt name', ['build\nbuild,run,transfer', 'a\na,b'], (text) => {
    const [name, names] = inTwo(text);
    const known = names.slice(0, 2000).split(',').slice(0, 50);
    didYouMean(name, known);
    nearName(name, known);
  }),
  reading(
    'a reference',
    ['r.example.com:5000/team/app:1.2', 'app', `localhost/x@sha256:${'a'.repeat(64)}`],
    (text) => {
      completeReference(text);
    },
  ),
  reading('a destination', ['r.example.com:5000/team/app:1.2', 'team/app'], (text) => {
    parseDestination(text, { defaultTag: 'x' });
  }),
];
