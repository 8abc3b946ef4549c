import { expect } from 'chai';
import { commandLine, parseService, parseServiceLine } from '../../../../lib/swarm/flags/index.js';
import { UserError } from '../../../../lib/text/user-error.js';
import type { Word } from '../../../../lib/text/word.js';
import { refusal } from '../../flags/refusal.js';

const at = (line: number, text: string): Word => ({ text, origin: { file: 'docker/run.cfg', line } });
const service = (...flags: (string | Word)[]) => parseService({ flags, image: 'img' }, { environment: {} });

describe('parseService', () => {
  it('puts image and command into the containers, whatever they look like', () => {
    const { spec } = parseService({ flags: ['-t'], image: 'img:1', command: ['--rm', '-e', 'A=b'] });
    expect(spec.TaskTemplate.ContainerSpec).to.deep.include({
      Image: 'img:1',
      Args: ['--rm', '-e', 'A=b'],
      TTY: true,
    });
  });

  it('tells what is left to the client', () => {
    expect(service('-d', '--no-resolve-image').client).to.deep.equal({
      detach: true,
      quiet: false,
      resolveImage: false,
      withRegistryAuth: false,
    });
    expect(service('-q', '--with-registry-auth').client).to.deep.equal({
      detach: false,
      quiet: true,
      resolveImage: true,
      withRegistryAuth: true,
    });
  });

  it('tells each name that a swarm is to be asked about, and takes the IDs', () => {
    const { spec, named, withIds } = service(
      ...['--network=front', '--network=back', '--secret=db', '--secret=source=db,target=again'],
      ...['--config=site', '--credential-spec=config://account'],
    );
    expect(named).to.deep.equal({
      networks: ['back', 'front'],
      secrets: ['db'],
      configs: ['site', 'account'],
    });
    expect(spec.TaskTemplate.Networks).to.deep.equal([{ Target: 'back' }, { Target: 'front' }]);
    expect(spec.TaskTemplate.ContainerSpec.Secrets?.[0]).to.include({ SecretID: '', SecretName: 'db' });
    const known = new Map([
      ['front', '1'],
      ['back', '2'],
      ['db', '3'],
      ['site', '4'],
      ['account', '5'],
    ]);
    const idOf = (name: string) => known.get(name);
    const { TaskTemplate: task } = withIds({ network: idOf, secret: idOf, config: idOf });
    expect(task.Networks).to.deep.equal([{ Target: '1' }, { Target: '2' }]);
    expect(task.ContainerSpec.Secrets?.map(({ SecretID }) => SecretID)).to.deep.equal(['3', '3']);
    expect(task.ContainerSpec.Configs?.map(({ ConfigID }) => ConfigID)).to.deep.equal(['4', '5']);
    expect(task.ContainerSpec.Privileges?.CredentialSpec?.Config).to.equal('5');
  });

  it('names the line of run.cfg for a fault, also for one that only the swarm shows', () => {
    const message = (...flags: Word[]) => refusal(() => service(...flags)).message;
    expect(message(at(3, '--replicas'), at(4, 'many'))).to.equal(
      'docker/run.cfg:4: invalid argument "many" for "--replicas" flag: invalid syntax',
    );
    expect(message(at(3, '--mode=global'), at(4, '--replicas=2'))).to.match(
      /^docker\/run\.cfg:4: replicas can/,
    );
    expect(message(at(3, '--env-file=gone'))).to.equal(
      'docker/run.cfg:3: open gone: no such file or directory',
    );
    expect(message(at(3, '--secret=a'), at(4, '--secret=source=b,target=a'))).to.equal(
      'docker/run.cfg:4: duplicate secret target for b not allowed',
    );
    expect(message(at(3, '--generic-resource=GPU=gpu0'))).to.match(/^docker\/run\.cfg:3: invalid generic/);
    expect(message(at(3, '--tty'), at(5, 'img'))).to.match(/^docker\/run\.cfg:5: "img" is no flag/);

    const nothing = { network: () => undefined, secret: () => undefined, config: () => undefined };
    const missing = (...flags: Word[]) => refusal(() => service(...flags).withIds(nothing)).message;
    expect(missing(at(6, '--network=n'))).to.equal('docker/run.cfg:6: network n not found');
    expect(missing(at(7, '--secret=s'))).to.equal('docker/run.cfg:7: secret not found: s');
    expect(missing(at(8, '--config=c'))).to.equal('docker/run.cfg:8: config not found: c');
    expect(missing(at(9, '--credential-spec=config://c'))).to.equal('docker/run.cfg:9: config not found: c');
  });

  it('refuses flags of docker run that a service does not have', () => {
    for (const flag of [
      '--privileged',
      '--device=/dev/snd',
      '--pid=host',
      '--volumes-from=x',
      '--rm',
      '-v=/a:/b',
    ])
      expect(refusal(() => service(flag)).code, flag).to.equal('UNKNOWN_FLAG');
  });

  it('fails as a UserError that shows no secret of the word that it refuses', () => {
    const error = refusal(() => service('--secret=source=db,password=hunter2'));
    expect(error).to.be.instanceOf(UserError);
    expect(error).to.include({ code: 'BAD_VALUE', exitStatus: 125, showStack: false });
    for (const flag of [
      '--mount=type=volume,dst=/x,my-password=hunter2',
      '--generic-resource=password=hunter2',
    ])
      expect(refusal(() => service(flag)).message, flag).not.to.include('hunter2');
  });

  it('leaves nothing out in silence for a manager that does not know it', () => {
    const older = (flag: string) => parseService({ flags: [flag], image: 'img' }, { apiVersion: '1.41' });
    for (const flag of ['--oom-score-adj=5', '--health-start-interval=1s'])
      expect(refusal(() => older(flag)).code, flag).to.equal('UNSUPPORTED_FLAG');
    expect(older('--ulimit=nofile=5').spec.TaskTemplate.ContainerSpec.Ulimits).to.have.lengthOf(1);
  });

  it('gives words back that read as the same service, printed without secrets', () => {
    const request = parseService({
      flags: ['-e', 'API_KEY=hunter2', '--entrypoint', "sh -c 'a b'"],
      image: 'img',
      command: ['a b'],
    });
    expect(parseServiceLine(request.words).spec).to.deep.equal(request.spec);
    expect(commandLine(['docker', 'service', 'create', ...request.words])).to.not.include('hunter2');
  });
});
