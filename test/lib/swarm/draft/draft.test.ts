import { expect } from 'chai';
import { split } from 'shlex';
import type { Image } from '../../../../lib/project/types.js';
import { type Draft, draftService } from '../../../../lib/swarm/index.js';
import type { Word } from '../../../../lib/text/word.js';
import { image } from '../../../image.js';
import { refusal } from '../../flags/refusal.js';

const words = (line: string): Word[] =>
  split(line).map((text) => ({ text, origin: { file: 'docker/run.cfg', line: 3 } }));

const bare = image('web', 'shop-web:me', { synthetic: false });

const IDS = {
  network: (name: string) => name,
  secret: (name: string) => name,
  config: (name: string) => name,
};

function draft(
  section: Partial<Image> = {},
  more: { replicas?: string; likeness?: string; kind?: 'job' } = {},
): Draft {
  const { likeness = 'one', replicas, kind } = more;
  const project = { name: 'shop', root: '/project' };
  return draftService({
    ...{ project, image: { ...bare, ...section }, facts: { likeness }, env: { HERE: '1' } },
    ...{ kind, replicas, apiVersion: '1.51' },
  });
}

/** Without what every service has. */
function flagsOf(...args: Parameters<typeof draft>): string[] {
  const { words: all } = draft(...args).complete(IDS, []);
  const always =
    /^--(detach|no-resolve-image|name=shop-web|init=true|update-failure-action=rollback)$|gulp-dockerutils\./;
  return all.filter((word) => !always.test(word) && !word.startsWith('127.0.0.1:1/'));
}

const refused = (...args: Parameters<typeof draft>) => refusal(() => draft(...args));
const swarm = (settings: Partial<Image['swarm']>) => ({ swarm: { ...bare.swarm, ...settings } });

describe('a service of a section', () => {
  it('has what every service has', () => {
    const { name, image, complete } = draft();
    const { spec } = complete(IDS, []);
    expect(name).to.equal('shop-web');
    expect(image.reference).to.match(/^127\.0\.0\.1:1\/shop-web:[0-9a-f]{16}$/);
    expect(spec.TaskTemplate.ContainerSpec).to.deep.include({ Image: image.reference, Init: true });
    expect(spec.TaskTemplate.Placement.Constraints).to.deep.equal([
      `node.labels.gulp-dockerutils.${image.content}==shop-web`,
    ]);
    expect(spec.UpdateConfig).to.include({ FailureAction: 'rollback' });
    expect(Object.keys(spec.Labels)).to.deep.equal(
      ['image', 'project', 'spec'].map((label) => `gulp-dockerutils.${label}`),
    );
  });

  it('says the keys of a run', () => {
    const section = {
      environment: words('-e A=1 -e HERE'),
      env: words('B=2'),
      volumes: words('-v data:/data'),
      ports: words('-p 8080:80'),
      network: { text: 'inner' },
      args: words('-m 64m'),
      service: { dependsOn: [], reuse: false, stopTimeout: 3 },
      cmd: words('serve --all'),
    };
    expect(flagsOf(section)).to.deep.equal([
      ...['--env=A=1', '--env=HERE', '--env=B=2', '--mount=type=volume,source=data,target=/data'],
      ...['--publish=published=8080,target=80,protocol=tcp,mode=host', '--network=inner'],
      ...['--stop-grace-period=3s', '--limit-memory=64m', '--endpoint-mode=dnsrr', 'serve', '--all'],
    ]);
  });

  it('says the keys of a swarm', () => {
    const settings = {
      replicas: { text: '3' },
      update: words('parallelism=2 failure-action=pause'),
      constraints: words('node.role==worker'),
      reserve: words('cpus=0.5 memory=1g GPU=1'),
      secrets: words('key'),
      configs: words('source=conf,target=/conf'),
    };
    expect(flagsOf(swarm(settings))).to.deep.equal([
      ...[
        '--replicas=3',
        '--update-parallelism=2',
        '--rollback-parallelism=2',
        '--update-failure-action=pause',
      ],
      ...[
        '--constraint=node.role==worker',
        '--reserve-cpu=0.5',
        '--reserve-memory=1g',
        '--generic-resource=GPU=1',
      ],
      ...['--secret=key', '--config=source=conf,target=/conf'],
    ]);
    expect(flagsOf(swarm({ replicas: { text: 'global' } }))).to.deep.equal(['--mode=global']);
    expect(flagsOf(swarm(settings), { replicas: '5' })).to.include('--replicas=5');
  });

  it('is called as args say, or what a swarm takes of a repository', () => {
    expect(draft({ args: words('--name shop') }).name).to.equal('shop');
    expect(draft({ repository: 'r.example.com:5000/team/web.app' }).name).to.equal(
      'r-example-com-5000-team-web-app',
    );
    expect(draft({ repository: 'r.example.com:5000/team/web.app' }).image.name).to.equal('team/web.app');
  });

  it('is another one for another image, or another setting, and no other', () => {
    const sign = (...args: Parameters<typeof draft>) =>
      draft(...args).complete(IDS, []).spec.Labels['gulp-dockerutils.spec'];
    expect(sign()).to.equal(sign());
    expect(
      new Set([sign(), sign({}, { likeness: 'two' }), sign({ args: words('--label a=b') })]).size,
    ).to.equal(3);
    const image = (repository: string) => draft({ repository }).image.content;
    expect(image('shop-web')).not.to.equal(image('shop-app'));
  });

  it('is refused, with the line, for what no service has or takes', () => {
    expect(refused({ args: words('--privileged') }).sentence).to.include(
      '--privileged has no equivalent in a service',
    );
    expect(refused({ ports: words('-p 127.0.0.1:80:80') }).message).to.match(/^docker\/run\.cfg:3: /);
    const wrong: [Partial<Image['swarm']>, string][] = [
      [{ replicas: { text: 'many' } }, 'replicas= takes a number or global, found "many"'],
      [{ update: words('paralelism=2') }, 'did you mean "parallelism"?'],
      [{ update: words('order=last') }, 'update= cannot have "order=last"'],
      [{ reserve: words('cpus') }, 'reserve= takes words of the form name=value, found "cpus"'],
      [{ constraints: words('node.role') }, '"node.role" is no constraint'],
      [{ constraints: words('node.colour==red') }, '"node.colour" is nothing that nodes are chosen by'],
    ];
    for (const [settings, sentence] of wrong) expect(refused(swarm(settings)).sentence).to.include(sentence);
  });

  it('starts no container before the old one has given its port back', () => {
    const order = swarm({ update: words('order=start-first') });
    expect(refused({ ...order, ports: words('-p 8080:80') }).sentence).to.include(
      'would want port 8080 of its node',
    );
    expect(flagsOf({ ...order, ports: words('-p 80') })).to.include('--update-order=start-first');
  });

  it('has nothing of what runs on where it is a job', () => {
    const section = {
      ...swarm({ replicas: { text: '3' }, update: words('order=start-first'), reserve: words('GPU=1') }),
      ...{ ports: words('-p 8080:80'), args: words('--name web --restart on-failure:3 --label a=b') },
    };
    expect(flagsOf(section, { kind: 'job' })).to.deep.equal([
      ...[
        '--publish=published=8080,target=80,protocol=tcp,mode=host',
        '--label=a=b',
        '--container-label=a=b',
      ],
      '--generic-resource=GPU=1',
    ]);
    const { name, complete } = draft(section, { kind: 'job' });
    expect(name).to.equal('web');
    const { spec } = complete(IDS, ['--name=web-1', '--env=A=1', '--env=A=2']);
    expect(spec).to.deep.include({ Name: 'web-1', Labels: { a: 'b' } });
    expect(spec.TaskTemplate.ContainerSpec.Env).to.deep.equal(['A=2']);
  });

  it('keeps security options from managers that would drop them', () => {
    const image = { ...bare, args: words('--security-opt no-new-privileges') };
    const request = { project: { name: 'shop', root: '/' }, image, facts: { likeness: '' }, env: {} };
    expect(draftService({ ...request, apiVersion: '1.46' }).name).to.equal('shop-web');
    expect(refusal(() => draftService({ ...request, apiVersion: '1.41' })).sentence).to.include(
      '--security-opt needs a manager of API 1.46',
    );
  });
});
