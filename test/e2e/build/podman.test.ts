import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { podmanNames } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { FAILING_RUN, WITH_SECRETS, WRONG_DOCKERFILES } from './projects.js';
import { onEngines, rejection } from './workshop.js';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

onEngines(cases(podmanNames), 'builds of podman', (workshop) => {
  it('mount secrets, which are no part of the context, and show the steps that are cached', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile':
        'FROM busybox:latest AS builder\n' +
        `${WITH_SECRETS.mounts} && printf "no end"\n` +
        'FROM busybox:latest\nCOPY --from=builder /etc/group /group\nCOPY . /all/\n',
      ...WITH_SECRETS.files,
      '.dockerignore': 'private\n',
    });
    const env = { ...process.env, ...WITH_SECRETS.env };
    const { reference } = await here.build('app', { env, options: { noCache: true } }, { env });
    const lines = here.told.lines.join('\n');
    expect(lines).to.contain(md5('wallaby-17')).and.to.contain(md5('the key\n'));
    expect(lines).to.match(/no end$/m);
    expect(lines + here.plan('app', { env }).commandLines.join('\n')).not.to.contain('wallaby');
    const names = [...(await here.content(reference, '/all')).keys()].join();
    expect(names)
      .to.include('all/docker')
      .and.not.match(/secret|private/);

    const { cached } = await here.build('app', { env }, { env });
    expect(cached).to.deep.equal({ steps: 3, of: 3 });
    expect(here.told.items.at(-1)).to.include({ label: '[stage-1 3/3] COPY . /all/', state: 'cached' });
    const missing = await rejection(here.build('app', { env: process.env }, { env: process.env }));
    expect(missing).to.include({ code: 'BUILD_SECRET' });
  });

  it('tell which instruction failed, where it stands, and what it printed last', async () => {
    const here = workshop();
    here.write({ 'docker/app/Dockerfile': FAILING_RUN, ...WRONG_DOCKERFILES });
    const message = async (image: string) => (await rejection(here.build(image))).message;
    expect(await message('app'))
      .to.match(/^docker\/app\/Dockerfile:4: RUN echo first; .* failed, so app was not built: exit code: 3\./)
      .and.to.match(/^ {2}first$/m)
      .and.to.contain('das Letzte: ü');
    expect(await message('copy'))
      .to.match(/^docker\/copy\/Dockerfile:2: COPY there-is-none \/ failed.*there-is-none/)
      .and.not.to.contain('/var/tmp');
    expect(await message('typo'))
      .to.match(/^docker\/typo\/Dockerfile:2: RUM true failed.*nknown instruction: "?RUM/)
      .and.not.to.contain('imagebuilder');
  });

  it('honour the flags that set what instructions run in', async () => {
    const here = workshop();
    const flags = '--add-host db=10.1.2.3 --add-host gw=10.1.2.4 --ulimit nofile=99:199 --shm-size 80m';
    here.write({
      'docker/app/Dockerfile':
        'FROM busybox:latest\nRUN cat /etc/hosts; echo limits: $(ulimit -Sn) $(ulimit -Hn); echo shm: $(df -m /dev/shm); ls /sys/class/net\n',
      'docker/run.cfg': `[app]\nbuild_args = ${flags}\n`,
    });
    await here.build('app', { options: { noCache: true } });
    const lines = here.told.lines.join('\n');
    expect(lines)
      .to.match(/10\.1\.2\.3\s+db/)
      .and.to.match(/10\.1\.2\.4\s+gw/)
      .and.to.contain('limits: 99 199')
      .and.to.match(/shm: .* 80 /);
    for (const [network, expected] of [
      ['none', 1],
      ['default', 2],
      ['bridge', 2],
    ] as const) {
      here.write({ 'docker/run.cfg': `[app]\nbuild_args = --network ${network}\n` });
      here.told.lines.length = 0;
      await here.build('app', { options: { noCache: true } });
      const devices = here.told.lines.filter((line) => /\] (?:lo|eth\d|tap\d)$/.test(line));
      expect(devices, network).to.have.length(expected);
    }
  });

  it('take no cache from elsewhere', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile': 'FROM busybox:latest\n',
      'docker/run.cfg': '[app]\nbuild_args = --cache-from registry.example/app\n',
    });
    const error = await rejection(here.build('app'));
    expect(error).to.include({ code: 'NEEDS_BUILDKIT' });
    expect(error.message).to.contain('--cache-from');
  });
});
