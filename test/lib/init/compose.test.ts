import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { planFromCompose, writeStart } from '../../../lib/init/index.js';
import { describeImage, loadProject } from '../../../lib/project/index.js';
import { parseRun } from '../../../lib/run/flags/index.js';
import { UserError } from '../../../lib/text/user-error.js';
import { makeProject, removeProjects } from '../project/projects.js';

const ENV = { USER: 'ada', HOME: '/home/ada' };

/** A shop in Django, as its compose file has it. */
const SHOP = {
  'compose.yaml': `name: shop
x-django: &django
  build: { context: ., args: { PYTHON: "3.12" } }
  environment:
    DATABASE_URL: postgres://shop:\${DB_PASSWORD:-secret}@db/shop
    GREETING: it's $$5
services:
  web:
    <<: *django
    command: gunicorn shop.wsgi --access-logformat '%(h)s'
    ports: ["\${PORT:-8000}:8000", { target: 9000, published: 9001, host_ip: 127.0.0.1 }]
    volumes: [".:/app", "media:/media:ro"]
    depends_on:
      db: { condition: service_healthy }
    restart: always
  worker:
    <<: *django
    command: [celery, -A, shop, worker]
    depends_on: [db]
  api:
    build: ./api
    image: registry.example.com/team/api:1.4
    links: [db]
  db:
    image: postgres:16
    environment: ["POSTGRES_PASSWORD=\${DB_PASSWORD:-secret}"]
    healthcheck:
      test: [CMD-SHELL, "pg_isready -U $$POSTGRES_USER"]
      interval: 5s
    volumes: [data:/var/lib/postgresql/data]
volumes:
  data: {}
  media: { driver: nfs }
`,
  Dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
  'manage.py': '',
  'api/Dockerfile':
    'FROM node:22\nCOPY package.json \\\n  yarn.lock ./\nCOPY ["a b", "/x/"]\nCOPY --from=x /a /b\nADD --chown=1 https://x.y/z . /z/\n',
  'api/.dockerignore': 'node_modules\n!keep\n',
};

async function planned(files: Record<string, string>, name = 'compose.yaml') {
  const root = makeProject(files, 'Shop');
  const plan = await planFromCompose(root, name);
  return { root, plan, text: (path: string) => plan.files.find((file) => file.path === path)?.content ?? '' };
}

/** The section of a service, without its image, and what is told of it. */
async function sectionOf(service: string, rest = ''): Promise<{ lines: string[]; notes: string[] }> {
  const indented = service.replaceAll('\n', '\n    ');
  const file = `services:\n  web:\n    image: busybox:1\n    ${indented}\n  other: { image: "busybox:1" }\n${rest}`;
  const { plan, text } = await planned({ 'compose.yaml': file });
  const [, section = ''] = text('docker/run.cfg').split('[web]\n');
  const lines = (section.split('\n\n')[0] ?? '').split(/\n(?! )/);
  return {
    lines: lines.filter((line) => !/^(?:name|tag|prefix)=/.test(line) && line !== ''),
    notes: plan.notes.map((note) => note.replace(/^compose\.yaml:(\d+): (?:services\.web\.)?/, '$1 ')),
  };
}

describe('the start of a project that has a compose file', () => {
  after(removeProjects);

  it('is one that loads, of which each section is what the service was', async () => {
    const { root, plan } = await planned(SHOP);
    await writeStart(root, plan.files);
    const project = loadProject({ root, env: ENV });
    expect(project.warnings).to.deep.equal([]);
    expect(project.images).to.deep.equal(['api', 'web']);
    const described = (name: string) => describeImage(project, name, { remote: false, env: ENV });
    const web = described('web');
    const texts = (words: readonly { text: string }[] = []) => words.map(({ text }) => text);
    expect(texts(web.environment)).to.deep.equal([
      ...['-e', 'DATABASE_URL=postgres://shop:secret@db/shop', '-e', "GREETING=it's $5"],
    ]);
    expect(texts(web.ports)).to.deep.equal(['-p', '8000:8000', '-p', '127.0.0.1:9001:9000']);
    expect(texts(web.volumes)).to.deep.equal(['-v', `${root}:/app`, '-v', 'shop_media:/media:ro']);
    expect(texts(web.cmd)).to.deep.equal(['gunicorn', 'shop.wsgi', '--access-logformat', '%(h)s']);
    expect(described('worker').reference).to.equal(web.reference);
    expect(described('api').reference).to.equal('registry.example.com/team/api:1.4');
    expect(described('db').reference).to.equal('postgres:16');
    const { body } = parseRun({ flags: [...described('db').args], image: 'postgres:16' });
    expect(body.Healthcheck?.Test).to.deep.equal(['CMD-SHELL', 'pg_isready -U $POSTGRES_USER']);
  });

  it('has the defaults of variables in docker/.env, which the environment outdoes', async () => {
    const { root, plan, text } = await planned(SHOP);
    expect(text('docker/.env')).to.include('DB_PASSWORD=secret\nPORT=8000\n');
    await writeStart(root, plan.files);
    const env = { ...ENV, PORT: '99' };
    const { ports } = describeImage(loadProject({ root, env }), 'web', { remote: false, env });
    expect(ports[1]?.text).to.equal('99:8000');
  });

  it('takes variables from the .env that compose reads', async () => {
    const { root, plan, text } = await planned({ ...SHOP, '.env': 'DB_PASSWORD=of-file\n' });
    expect(text('docker/.env')).to.equal('');
    expect(plan.notes.join('\n')).to.match(
      /compose\.yaml:11: services\.web\.ports\.0 has \$PORT, for which its default/,
    );
    await writeStart(root, plan.files);
    const { environment, ports } = describeImage(loadProject({ root, env: ENV }), 'web', {
      remote: false,
      env: ENV,
    });
    expect(environment[1]?.text).to.include('of-file');
    expect(ports[1]?.text).to.equal('8000:8000');
  });

  it('makes the project the context of what is built in a folder of it', async () => {
    const { text } = await planned(SHOP);
    expect(text('docker/web/Dockerfile')).to.equal(SHOP.Dockerfile);
    expect(text('docker/api/Dockerfile')).to.equal(
      'FROM node:22\nCOPY api/package.json \\\n  api/yarn.lock ./\nCOPY ["api/a b", "/x/"]\nCOPY --from=x /a /b\nADD --chown=1 https://x.y/z api/ /z/\n',
    );
    expect(text('docker/api/Dockerfile.dockerignore')).to.equal('*\n!api\napi/node_modules\n!api/keep\n');
  });

  it('tells what it cannot carry over, with file and line', async () => {
    const { plan } = await planned(SHOP);
    expect(plan.notes.slice(0, 3)).to.deep.equal([
      'compose.yaml:15: services.web.restart is always: what a run has started is removed with it.',
      'compose.yaml:23: services.api.links is not carried over: what depends_on= names is found by the name of its section.',
      'compose.yaml:33: volumes.media.driver is not carried over: docker volume create makes it so.',
    ]);
    expect(plan.notes.join('\n')).not.to.include('secret');
  });

  const carried: [string, string[]][] = [
    ['user: "1000:1000"\nworking_dir: /app', ['args=--user 1000:1000 --workdir /app']],
    ['privileged: true\nread_only: false\ninit: false', ['args=--privileged --init=false']],
    ['cap_add: [NET_ADMIN]\ntmpfs: /tmp', ['args=--cap-add NET_ADMIN --tmpfs /tmp']],
    [
      'labels: { a: "b c" }\nsysctls: [net.core.somaxconn=1]',
      ["args=--label a='b c' --sysctl net.core.somaxconn=1"],
    ],
    ['extra_hosts: ["h:1.2.3.4", "i=::1"]', ['args=--add-host h:1.2.3.4 --add-host i:::1']],
    ['ulimits: { nproc: 9, nofile: { soft: 1, hard: 2 } }', ['args=--ulimit nproc=9 --ulimit nofile=1:2']],
    [
      'logging: { driver: json-file, options: { max-size: 1m } }',
      ['args=--log-driver json-file --log-opt max-size=1m'],
    ],
    ['entrypoint: ["/run", "-x"]\ncommand: go "a b"', ['args=--entrypoint /run', 'cmd=["-x","go","a b"]']],
    ['stop_grace_period: 1m30s', ['stop_timeout=1m30s']],
    ['healthcheck: { disable: true }', ['args=--no-healthcheck']],
    [
      'healthcheck: { test: [CMD, echo, "a b"], start_period: 2s }',
      [`args=--health-cmd "echo 'a b'" --health-start-period 2s`],
    ],
    [
      'depends_on: { other: { condition: service_completed_successfully } }',
      ['depends_on=other:service_completed_successfully'],
    ],
    ['gpus: all', ['gpu=--gpus all']],
    ['pull_policy: if_not_present', ['args=--pull missing']],
    ['network_mode: host', ['network=host']],
    ['networks: { default: { aliases: [a] } }', ['args=--network-alias a']],
    [
      'volumes: [{ type: bind, source: ./x, target: /x, read_only: true }]',
      ['volumes=-v {project_root}/x:/x:ro'],
    ],
    [
      'volumes: [{ type: tmpfs, target: /t, tmpfs: { size: 9 } }, /anonymous, "~/a:/a"]',
      ['volumes=--mount type=tmpfs,target=/t,tmpfs-size=9 -v /anonymous -v {home}/a:/a'],
    ],
    [
      'deploy: { replicas: 2, placement: { constraints: [node.role == worker] } }',
      ['replicas=2', 'constraints=node.role==worker'],
    ],
    [
      'deploy: { resources: { limits: { memory: 1g }, reservations: { cpus: "0.5" } } }',
      ['args=--memory 1g', 'reserve=cpus=0.5'],
    ],
    [
      'deploy: { resources: { reservations: { devices: [{ capabilities: [gpu], count: 1 }] } } }',
      ['gpu=--gpus 1'],
    ],
    ['environment: { A: , B: 1, C: "x y" }', ["environment=-e A -e B=1 -e C='x y'"]],
    ['x-own: 1\ntty: true', []],
  ];
  for (const [service, lines] of carried) {
    it(`carries over ${service.replaceAll('\n', ', ')}`, async () => {
      expect(await sectionOf(service)).to.deep.equal({ lines, notes: [] });
    });
  }

  it('leaves files of secrets and variables out of what is sent to build', async () => {
    const { text } = await planned({
      'compose.yaml': `services:
  db:
    image: postgres:16
    env_file: [.env, ./config/db.env, ../outside.env]
    secrets: [key]
secrets: { key: { file: ./key.txt } }
`,
    });
    const patterns = text('.dockerignore').split('\n');
    expect(patterns).to.include.members(['.env', 'config/db.env', 'key.txt']);
    expect(patterns.filter((pattern) => pattern === '.env')).to.have.length(1);
    expect(text('.dockerignore')).not.to.include('outside');
  });

  it('carries over secrets and networks that are there', async () => {
    const rest = 'secrets: { key: { file: ./key.txt } }\nnetworks: { corp: { external: true, name: lan } }\n';
    expect(await sectionOf('secrets: [key]\nnetworks: [corp]', rest)).to.deep.equal({
      lines: ['network=lan', 'volumes=-v {project_root}/key.txt:/run/secrets/key:ro'],
      notes: [],
    });
  });

  const told: [string, RegExp][] = [
    ['container_name: a', /^4 container_name is not carried over/],
    ['frobnicate: 1', /^4 frobnicate has no counterpart\.$/],
    ['environment:\n  A: |\n    two\n    lines', /^5 environment\.A has several lines/],
    ['environment: ["A=${B:+c}"]', /^4 environment\.0 has \$\{B:\+…\}: run\.cfg knows \$NAME alone/],
    ['environment: ["A={b}"]', /^4 environment\.0 has \{b\}, which would be replaced/],
    [
      'command: echo ${A:-b} $C',
      /^4 command has \$A, and nothing is replaced in cmd=: its default[^]*\$C, and nothing/,
    ],
    ['depends_on: [nobody]', /^4 depends_on\.0 names nobody, which has no section/],
    ['pid: service:other', /^4 pid is service:other, and a run shares it with no other/],
    ['secrets: [gone]', /^4 secrets\.0 names gone, which is no file here/],
    ['volumes: [{ type: cluster, target: /x }]', /^4 volumes\.0 is of type cluster/],
    ['deploy: { restart_policy: { condition: any } }', /^4 deploy\.restart_policy has no counterpart/],
  ];
  for (const [service, expected] of told) {
    it(`tells of ${service.replaceAll('\n', ' ')}`, async () => {
      expect((await sectionOf(service)).notes.join('\n')).to.match(expected);
    });
  }

  it('has no image of what is built outside of the project, and tells it', async () => {
    const { plan, text } = await planned({
      'compose.yaml':
        'services:\n  a:\n    build: ../a\n  b:\n    build: https://x.y/z.git\n  c:\n    image: busybox\n    depends_on: [a]\n',
    });
    expect(text('docker/run.cfg')).not.to.match(/^\[[ab]\]/m);
    expect(plan.notes.map((note) => note.split(' ')[0])).to.deep.equal([
      'compose.yaml:3:',
      'compose.yaml:5:',
      'compose.yaml:8:',
    ]);
  });

  const refused: [string, Record<string, string>, string][] = [
    ['no such file', {}, 'NO_COMPOSE_FILE'],
    ['what is no YAML', { 'compose.yaml': 'services:\n  a: [\n' }, 'BAD_COMPOSE_FILE'],
    ['a file without services', { 'compose.yaml': 'services: {}\n' }, 'BAD_COMPOSE_FILE'],
    ['an alias of nothing', { 'compose.yaml': 'services: *gone\n' }, 'BAD_COMPOSE_FILE'],
    [
      'a project with a run.cfg',
      { 'compose.yaml': 'services: { a: { image: b } }', 'docker/run.cfg': '' },
      'ALREADY_STARTED',
    ],
  ];
  for (const [kind, files, code] of refused) {
    it(`refuses ${kind}`, async () => {
      const refusal = await planned({ README: '', ...files }).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(UserError).with.property('code', code);
    });
  }

  it('leaves the compose file as it is', async () => {
    const { root, plan } = await planned(SHOP);
    await writeStart(root, plan.files);
    expect(readFileSync(join(root, 'compose.yaml'), 'utf8')).to.equal(SHOP['compose.yaml']);
  });
});
