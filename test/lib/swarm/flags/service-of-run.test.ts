import { resolve } from 'node:path';
import { expect } from 'chai';
import { cut } from '../../../../lib/flags/key-value.js';
import { parseRunLine } from '../../../../lib/run/flags/index.js';
import { runSyntax } from '../../../../lib/run/flags/run-flags.js';
import { FlagError, parseService, serviceOfRun } from '../../../../lib/swarm/flags/index.js';
import type { Word } from '../../../../lib/text/word.js';
import { allCases } from '../../../oracle/run-flags/cases.js';
import { FILES } from '../../../oracle/service-flags/cases.js';
import { refusal } from '../../flags/refusal.js';

const host = { directory: FILES, environment: { FROM_HERE: 'from here', EMPTY_HERE: '' } };
const said = (...flags: string[]) => serviceOfRun(flags, host).flags.map(({ text }) => text);

const refused = (...flags: (string | Word)[]) => refusal(() => serviceOfRun(flags, host));

describe('serviceOfRun', () => {
  it('says volumes as mounts', () => {
    expect(said('-v', './sub:/b:ro')).to.deep.equal([
      `--mount=type=bind,source=${resolve(FILES, 'sub')},target=/b,readonly`,
    ]);
    expect(said('-v', '/a,b:/c', '-v', 'cache:/d:nocopy', '-v', '/anonymous')).to.deep.equal([
      '--mount=type=bind,"source=/a,b",target=/c',
      '--mount=type=volume,source=cache,target=/d,volume-nocopy',
      '--mount=type=volume,target=/anonymous',
    ]);
    expect(said('-v', 'cache:/d', '-v', '/a:/b:rslave', '--volume-driver=nfs')).to.deep.equal([
      '--mount=type=volume,source=cache,target=/d,volume-driver=nfs',
      '--mount=type=bind,source=/a,target=/b,bind-propagation=rslave',
    ]);
    expect(
      said('--tmpfs=/run:rw,noexec,size=64k,mode=1770', '--shm-size=1g', '--shm-size=64m'),
    ).to.deep.equal([
      '--mount=type=tmpfs,target=/run,tmpfs-size=64k,tmpfs-mode=1770',
      '--mount=type=tmpfs,target=/dev/shm,tmpfs-size=67108864',
    ]);
    expect(refused('-v', '/a:/b:z').sentence).to.match(
      /^"z" of --volume=\/a:\/b:z has no equivalent in a service/,
    );
    expect(refused('--tmpfs', '/run:exec').sentence).to.include('"exec" of --tmpfs=/run:exec');
  });

  it('publishes ports at each node, where a run publishes them at its machine', () => {
    expect(said('-p', '8080:80', '-p', '53:53/udp', '-p', '90', '-p', '8000-8001:80-81')).to.deep.equal([
      '--publish=published=8080,target=80,protocol=tcp,mode=host',
      '--publish=published=53,target=53,protocol=udp,mode=host',
      '--publish=target=90,protocol=tcp,mode=host',
      '--publish=published=8000,target=80,protocol=tcp,mode=host',
      '--publish=published=8001,target=81,protocol=tcp,mode=host',
    ]);
    expect(refused('-p', '127.0.0.1:80:80').sentence).to.include('the address of --publish=127.0.0.1:80:80');
    expect(refused('-p', '8000-8005:80').sentence).to.include('the choice of --publish=8000-8005:80');
  });

  it('says limits, restarts and other names', () => {
    expect(said('-m', '1g', '--cpus=1.5', '--pids-limit=-1', '--memory-reservation=512m')).to.deep.equal([
      ...['--limit-memory=1g', '--limit-cpu=1.5', '--limit-pids=0', '--reserve-memory=512m'],
    ]);
    expect(said('--restart=always', '--restart=on-failure:3')).to.deep.equal([
      ...['--restart-condition=on-failure', '--restart-max-attempts=3'],
    ]);
    expect(said('--restart=unless-stopped')).to.deep.equal(['--restart-condition=any']);
    expect(said('--restart=no')).to.deep.equal(['--restart-condition=none']);
    expect(
      said('--add-host=db:10.0.0.2', '--group-add=audio', '--stop-timeout=30', '-l', 'a=b'),
    ).to.deep.equal([
      ...[
        '--host=db:10.0.0.2',
        '--group=audio',
        '--stop-grace-period=30s',
        '--label=a=b',
        '--container-label=a=b',
      ],
    ]);
    expect(said('--platform=linux/arm64/v8')).to.deep.equal([
      ...['--constraint=node.platform.os==linux', '--constraint=node.platform.arch==aarch64'],
    ]);
    expect(said('--gpus=2')).to.deep.equal(['--generic-resource=GPU=2']);
    expect(said('--label-file=labels').filter((flag) => flag.startsWith('--label='))).to.not.be.empty;
    expect(said('-d', '--rm=false', '-q', '--privileged=false', '--cpu-shares=0')).to.deep.equal([]);
    for (const flag of [
      '--gpus=all',
      '--platform=windows/amd64',
      '--restart=on-failure:x',
      '--stop-timeout=-1',
    ])
      expect(refused(flag).code, flag).to.equal('UNSUPPORTED_FLAG');
  });

  it('says networks with their aliases', () => {
    expect(said('--network=front', '--network=back', '--network-alias=api')).to.deep.equal([
      ...['--network=name=front,alias=api', '--network=back'],
    ]);
    expect(said('--network=default')).to.deep.equal([]);
    for (const network of ['none', 'container:x', 'name=n,ip=10.0.0.2', 'name=n,gw-priority=1'])
      expect(refused(`--network=${network}`).code, network).to.equal('UNSUPPORTED_FLAG');
    expect(refused('--network-alias=api').sentence).to.include('--network-alias in the network "default"');
  });

  it('keeps an entrypoint one word', () => {
    const program = 'a "b" \\c';
    const { spec } = parseService({ flags: serviceOfRun(['--entrypoint', program]).flags, image: 'img' });
    expect(spec.TaskTemplate.ContainerSpec.Command).to.deep.equal([program]);
  });

  it('says security options as privileges, of which docker service create has no flag', () => {
    const privileges = (...options: string[]) =>
      serviceOfRun(
        options.map((option) => `--security-opt=${option}`),
        host,
      ).privileges;
    expect(privileges('no-new-privileges', 'apparmor=unconfined', 'seccomp=unconfined')).to.deep.include({
      NoNewPrivileges: true,
      AppArmor: { Mode: 'disabled' },
      Seccomp: { Mode: 'unconfined' },
    });
    const profile = privileges('seccomp=seccomp.json')?.Seccomp?.Profile ?? '';
    expect(JSON.parse(Buffer.from(profile, 'base64').toString())).to.be.an('object');
    expect(serviceOfRun(['-t']).privileges).to.equal(undefined);
    const { spec } = parseService(
      { flags: ['--credential-spec=file://f'], image: 'img' },
      { privileges: privileges('no-new-privileges') },
    );
    expect(spec.TaskTemplate.ContainerSpec.Privileges).to.deep.include({
      NoNewPrivileges: true,
      CredentialSpec: { Config: '', File: 'f', Registry: '' },
    });
    for (const option of ['label=disable', 'apparmor=mine', 'systempaths=unconfined'])
      expect(refused(`--security-opt=${option}`).code, option).to.equal('UNSUPPORTED_FLAG');
  });

  it('names flag and line of what no service has', () => {
    const word: Word = { text: '--privileged', origin: { file: 'docker/run.cfg', line: 12 } };
    expect(refused(word)).to.include({
      code: 'UNSUPPORTED_FLAG',
      message:
        'docker/run.cfg:12: --privileged has no equivalent in a service of a swarm: take it out, or run the image on one machine',
    });
    const without = [
      ...['--device=/dev/snd', '--runtime=nvidia', '--pid=host', '--ipc=host', '--uts=host', '--userns=host'],
      ...[
        '--cgroupns=host',
        '--cpuset-cpus=0',
        '--cpu-shares=2',
        '--memory-swap=1g',
        '--ip=10.0.0.2',
        '--link=db',
      ],
      ...['--mac-address=92:d0:c6:0a:29:33', '--domainname=x', '--volumes-from=x', '--annotation=a=b', '-P'],
      ...[
        '--storage-opt=size=1g',
        '--oom-kill-disable',
        '--expose=80',
        '--pull=always',
        '--rm',
        '-i',
        '-a=stdout',
      ],
      ...['--cidfile=x', '--memory-swappiness=0', '--blkio-weight=10', '--log-opt=a=b', '--use-api-socket'],
    ];
    for (const flag of without) expect(refused(flag).code, flag).to.equal('UNSUPPORTED_FLAG');
  });

  it('means the same as the run, for every line of the oracle that a service can have', () => {
    let compared = 0;
    const lines = allCases().filter(({ words }) => words.at(-1) === 'img');
    for (const { words } of lines) {
      const flags = words.slice(0, -1);
      const [run, service] = [
        attempt(() => parseRunLine(words, host)),
        attempt(() => serviceOfRun(flags, host)),
      ];
      if (!run || !service) continue;
      const { spec } = parseService(
        { flags: service.flags, image: 'img' },
        { ...host, privileges: service.privileges },
      );
      const { ContainerSpec: container, Resources: resources } = spec.TaskTemplate;
      const { body } = run;
      expect({
        Hostname: container.Hostname ?? '',
        User: container.User ?? '',
        WorkingDir: container.Dir ?? '',
        Tty: container.TTY ?? false,
        Env: variables(container.Env),
        Labels: container.Labels ?? {},
        Entrypoint: container.Command ?? [],
        StopSignal: container.StopSignal,
        ReadonlyRootfs: container.ReadOnly ?? false,
        Memory: resources.Limits.MemoryBytes ?? 0,
        NanoCpus: resources.Limits.NanoCPUs ?? 0,
        Ulimits: container.Ulimits ?? [],
        Sysctls: container.Sysctls ?? {},
        Dns: container.DNSConfig.Nameservers ?? [],
        Init: container.Init,
        OomScoreAdj: container.OomScoreAdj ?? 0,
        Ports: spec.EndpointSpec.Ports?.length ?? 0,
      }).to.deep.equal(
        {
          Hostname: body.Hostname,
          User: body.User,
          WorkingDir: body.WorkingDir,
          Tty: body.Tty,
          Env: variables(body.Env),
          Labels: body.Labels,
          Entrypoint: body.Entrypoint?.filter((word) => word !== '') ?? [],
          StopSignal: body.StopSignal,
          ReadonlyRootfs: body.HostConfig.ReadonlyRootfs,
          Memory: body.HostConfig.Memory,
          NanoCpus: body.HostConfig.NanoCpus,
          Ulimits: body.HostConfig.Ulimits,
          Sysctls: body.HostConfig.Sysctls ?? {},
          Dns: body.HostConfig.Dns,
          Init: body.HostConfig.Init ?? false,
          OomScoreAdj: body.HostConfig.OomScoreAdj,
          Ports: Object.values(body.HostConfig.PortBindings).flat().length,
        },
        JSON.stringify(words),
      );
      compared++;
    }
    console.log(`      ${compared} of ${lines.length} lines`);
    expect(compared).to.be.above(300);
  });

  it('knows every flag of docker run', () => {
    for (const name of Object.keys(runSyntax.flags))
      expect(() => serviceOfRun([`--${name}=`]), name).to.not.throw(TypeError);
  });
});

/** Each variable as its last place leaves it. */
function variables(environment: readonly string[] | null = []): Map<string, string | undefined> {
  return new Map((environment ?? []).map((variable) => cut(variable, '=')));
}

/** Undefined where it is refused. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof FlagError) return undefined;
    throw error;
  }
}
