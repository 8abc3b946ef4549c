import { expect } from 'chai';
import type { Dependency, Image, ServiceSettings } from '../../../lib/project/index.js';
import {
  companyOf,
  planServices,
  reachableUnseen,
  renderServices,
  type ServicesRequest,
} from '../../../lib/services/index.js';
import { image } from '../../image.js';
import { printed } from '../../platform.js';
import { userErrorOf } from '../project/projects.js';

const origin = { file: 'docker/run.cfg', line: 7 };

type Section = Partial<Image> & { is?: Partial<ServiceSettings> };

function imageNamed(name: string, { is, ...section }: Section = {}): Image {
  return image(name, `${name}:1`, { service: { dependsOn: [], reuse: false, ...is }, ...section });
}

/** `db`, `fill:service_completed_successfully`. */
const on = (...names: string[]): Dependency[] =>
  names.map((text) => {
    const [name = '', condition] = text.split(':');
    return { name, origin, ...(condition && { condition: condition as Dependency['condition'] }) };
  });

function plan(
  dependsOn: string[],
  sections: Record<string, Section> = {},
  more: Partial<ServicesRequest> = {},
) {
  return planServices({
    project: { root: '/shop', user: 'ann', name: 'shop' },
    client: { name: 'tests', dependsOn: on(...dependsOn) },
    describe: (name) => imageNamed(name, sections[name]),
    env: { AWS_ACCESS_KEY_ID: 'x' },
    now: new Date(2026, 0, 2, 3, 4, 5),
    stdinIsTTY: false,
    stdoutIsTTY: false,
    ...more,
  });
}

const names = (planned: ReturnType<typeof plan>) => planned.services.map(({ name }) => name);
const lines = (planned: ReturnType<typeof plan>) => {
  const { before, behind } = renderServices(planned);
  return [...before, '…', ...behind];
};

describe('planServices', () => {
  it('has each service once, behind those that it needs', () => {
    const planned = plan(['api', 'db'], {
      api: { is: { dependsOn: on('cache', 'db') } },
      cache: { is: { dependsOn: on('db') } },
    });
    expect(names(planned)).to.deep.equal(['db', 'cache', 'api']);
  });

  it('prints lines to be pasted, and comments for what has none', () => {
    const planned = plan(['fill:service_completed_successfully', 'late:service_started'], {
      fill: { is: { dependsOn: on('db') } },
      db: { is: { ready: { kind: 'port', port: 5432 }, readyTimeout: 90_000, stopTimeout: 3 } },
    });
    expect(lines(planned)).to.deep.equal([
      'docker network create ann_shop_26-01-02_03.04.05',
      'docker run --name ann_db_26-01-02_03.04.05 --init -d --network ann_shop_26-01-02_03.04.05 --network-alias db --stop-timeout 3 db:1',
      '# wait until db is ready: port 5432 (at most 1m30s)',
      'docker run --name ann_fill_26-01-02_03.04.05 --init -d -e DB_HOST=db -e DB_PORT=5432 -e DB_PORT_5432=5432 ' +
        '--network ann_shop_26-01-02_03.04.05 --network-alias fill fill:1',
      '# wait until fill is ready: exit 0 (at most 1m00s)',
      'docker wait ann_fill_26-01-02_03.04.05',
      'docker run --name ann_late_26-01-02_03.04.05 --init -d --network ann_shop_26-01-02_03.04.05 --network-alias late late:1',
      '# late is started, and not waited for',
      '…',
      'docker stop -t 10 ann_late_26-01-02_03.04.05',
      'docker rm -f -v ann_late_26-01-02_03.04.05',
      'docker stop -t 10 ann_fill_26-01-02_03.04.05',
      'docker rm -f -v ann_fill_26-01-02_03.04.05',
      'docker stop -t 3 ann_db_26-01-02_03.04.05',
      'docker rm -f -v ann_db_26-01-02_03.04.05',
      'docker network rm ann_shop_26-01-02_03.04.05',
    ]);
  });

  it('gives the run the places of all services, and their network', () => {
    const planned = plan(['api'], {
      api: { is: { dependsOn: on('db') }, ports: [{ text: '-p' }, { text: '8080:80' }] },
      db: { args: [{ text: '--expose' }, { text: '53/udp' }, { text: '--expose' }, { text: '5432' }] },
    });
    const { environment = [], networks = [] } = companyOf(
      planned,
      { name: 'tests' },
      reachableUnseen(planned.services),
    );
    expect(environment.map(({ text }) => text).filter((text) => text !== '-e')).to.deep.equal([
      'DB_HOST=db',
      'DB_PORT=5432',
      'DB_PORT_5432=5432',
      'DB_PORT_53=53',
      'API_HOST=api',
      'API_PORT=80',
      'API_PORT_80=80',
    ]);
    expect(networks.map(({ text }) => text).join(' ')).to.equal(
      '--network ann_shop_26-01-02_03.04.05 --network-alias tests',
    );
  });

  it('keeps those that are to be used again, and what they need, on a network of project and user', () => {
    const planned = plan(['api', 'cache'], { api: { is: { reuse: true, dependsOn: on('db') } } });
    expect(planned.services.map(({ name, kept }) => [name, kept])).to.deep.equal([
      ['db', true],
      ['api', true],
      ['cache', false],
    ]);
    expect(planned.networks).to.deep.equal({ own: 'ann_shop_26-01-02_03.04.05', kept: 'ann_shop_services' });
    expect(lines(planned).filter((line) => / run .* db:1/.test(line))).to.deep.equal([
      'docker run --name ann_shop_db --init -d --network ann_shop_services --network-alias db db:1',
    ]);
    expect(lines(planned).slice(lines(planned).indexOf('…'))).to.deep.equal([
      '…',
      'docker stop -t 10 ann_cache_26-01-02_03.04.05',
      'docker rm -f -v ann_cache_26-01-02_03.04.05',
      'docker network rm ann_shop_26-01-02_03.04.05',
    ]);
  });

  it('uses those that run already, and reaches them', () => {
    const planned = plan(['api'], { api: { is: { dependsOn: on('db') } } }, { kept: new Set(['db']) });
    expect(lines(planned).filter((line) => line.includes(' run '))).to.deep.equal([
      'docker run --name ann_shop_db --init -d --network ann_shop_services --network-alias db db:1',
      printed(
        'docker run --name ann_api_26-01-02_03.04.05 --init -d -e DB_HOST=db ' +
          '--network name=ann_shop_26-01-02_03.04.05,alias=api --network ann_shop_services api:1',
      ),
    ]);
  });

  it('leaves everything running beside a client that runs on', () => {
    const planned = plan(['db', 'fill:service_completed_successfully'], {}, { staysUp: true });
    expect(planned.services.map(({ kept }) => kept)).to.deep.equal([true, false]);
    const { networks = [] } = companyOf(planned, { name: 'tests' }, []);
    expect(networks.map(({ text }) => text).join(' ')).to.equal(
      '--network ann_shop_services --network-alias tests',
    );
  });

  it('joins a network of its own besides', () => {
    const network = { text: 'backend', origin };
    const planned = plan(['db'], { db: { network } });
    expect(planned.services[0]?.run([]).commandLine).to.equal(
      printed(
        'docker run --name ann_db_26-01-02_03.04.05 --init -d --network backend ' +
          '--network name=ann_shop_26-01-02_03.04.05,alias=db db:1',
      ),
    );
  });

  for (const [what, dependsOn, sections, sentence] of [
    [
      'a circle',
      ['a'],
      { a: { is: { dependsOn: on('b') } }, b: { is: { dependsOn: on('a') } } },
      'docker/run.cfg:7: depends_on= goes in a circle: a → b → a',
    ],
    [
      'a circle through the client',
      ['a'],
      { a: { is: { dependsOn: on('tests') } } },
      'docker/run.cfg:7: depends_on= goes in a circle: tests → a → tests',
    ],
    [
      'completing what is awaited otherwise',
      ['a:service_completed_successfully'],
      { a: { is: { ready: { kind: 'port', port: 1 } } } },
      'docker/run.cfg:7: a is to complete, and its own section has ready=port 1: leave out one of them',
    ],
    [
      'completing what is to be used again',
      ['a:service_completed_successfully'],
      { a: { is: { reuse: true } } },
      'docker/run.cfg:7: a is to complete, and its own section has reuse=True: leave out one of them',
    ],
    [
      'health of what ends',
      ['a:service_healthy'],
      { a: { is: { ready: { kind: 'exit', status: 0 } } } },
      'docker/run.cfg:7: a is to be healthy, and to end: leave out one of them',
    ],
    [
      'a network without names',
      ['a'],
      { a: { network: { text: 'host', origin } } },
      'docker/run.cfg:7: a is to be in the network "host", where services cannot be reached by their names; leave that out, or name a network of your own',
    ],
    [
      'a name that no host has',
      ['a.b'],
      {},
      '"a.b" cannot be the name of a service, by which others reach it on the network: it takes up to 63 letters, digits, "_" and "-"',
    ],
  ] as [string, string[], Record<string, Section>, string][])
    it(`refuses ${what}`, () => {
      expect(userErrorOf(() => plan(dependsOn, sections)).message).to.equal(sentence);
    });
});
