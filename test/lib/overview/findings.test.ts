import { expect } from 'chai';
import { resolveEngineAddress } from '../../../lib/engine/connect/address.js';
import { openEngine } from '../../../lib/engine/open.js';
import type { EngineAddress, EngineFacts } from '../../../lib/engine/types.js';
import {
  askDiskUsage,
  diskFindings,
  engineFindings,
  hostFindings,
  renderFindings,
  right,
  wrong,
} from '../../../lib/overview/index.js';
import { choosePalette } from '../../../lib/report/palette.js';
import { brokenEngine, saying } from '../../broken-engine.js';
import { onPlatform } from '../../platform.js';

const address: EngineAddress = {
  target: { kind: 'unix', path: '/run/docker.sock' },
  url: 'unix:///run/docker.sock',
  origin: 'DOCKER_HOST',
  remote: false,
  cliFlags: [],
};
const facts: EngineFacts = {
  maker: 'docker',
  version: '28.5.2',
  apiVersion: '1.51',
  os: 'linux',
  arch: 'amd64',
  buildkit: true,
  store: 'containerd',
  runtimes: ['runc'],
  rootless: false,
};
const states = (findings: readonly { state: string }[]) => findings.map(({ state }) => state);

describe('findings', () => {
  it('an engine with BuildKit is right, one without is doubtful', () => {
    expect(states(engineFindings(address, facts))).to.deep.equal(['right', 'right', 'right']);
    expect(states(engineFindings(address, { ...facts, buildkit: false }))).to.include('doubtful');
  });

  it('a docker context that DOCKER_HOST overrides is doubtful', () => {
    const found = engineFindings(address, facts, 'prod').find(({ state }) => state === 'doubtful');
    expect(found?.text).to.include('"prod"');
    expect(
      states(engineFindings({ ...address, origin: 'docker context "prod"' }, facts, 'prod')),
    ).not.to.include('doubtful');
  });

  it('a host with another architecture wants another platform', () => {
    expect(states(hostFindings('gpu', facts, facts))).to.deep.equal(['right']);
    const [, found] = hostFindings('gpu', { ...facts, arch: 'arm64' }, facts);
    expect(found?.text).to.include('--platform linux/arm64');
    expect(states(hostFindings('gpu', facts, undefined))).to.deep.equal(['right']);
  });

  it('a disk is right, scarce or full', () => {
    const free = (bytes?: number) => diskFindings({ images: 1e9, buildCache: 2e9, free: bytes })[0];
    expect(free(100e9)?.state).to.equal('right');
    expect(free(2e9)?.state).to.equal('doubtful');
    expect(free(100e6)?.state).to.equal('wrong');
    expect(free()).to.deep.equal(right('images take 1GB, the build cache 2GB'));
    expect(diskFindings(undefined)[0]?.state).to.equal('doubtful');
  });

  it('a disk is told as Docker 29 sums it up, too, which lists nothing any more', async () => {
    const usage = async (answer: object) => {
      await using server = await brokenEngine({
        'GET /system/df': saying(answer),
        'GET /info': saying({ DockerRootDir: '/var/lib/docker' }),
      });
      const engine = await openEngine(resolveEngineAddress({ env: { DOCKER_HOST: server.url } }));
      await using _ = { [Symbol.asyncDispose]: () => engine.close() };
      return diskFindings(await askDiskUsage(engine, () => Promise.resolve(100e9)))[0]?.text;
    };
    const listed = { LayersSize: 1e9, BuildCache: [{ Size: 2e9, Shared: false }] };
    const summed = { ImageUsage: { TotalSize: 3e9 }, BuildCacheUsage: { TotalSize: 4e9 } };
    const told = (images: number, cache: number) =>
      `images take ${images}GB, the build cache ${cache}GB, 100GB are free`;
    expect(await usage(listed)).to.equal(told(1, 2));
    expect(await usage(summed)).to.equal(told(3, 4));
    expect(await usage({ ...listed, ...summed })).to.equal(told(3, 4));
    expect(await usage({ ImageUsage: { TotalSize: 3e9 }, BuildCacheUsage: {} })).to.contain('cache 0B');
  });

  it('are wrapped at the width of the terminal, below their titles', async () => {
    const palette = await onPlatform('linux', () => choosePalette({ LANG: 'C' }, false));
    const chapters = [
      { title: 'Engine', findings: [wrong('one two three four'), right('five\nsix')] },
      { title: 'Hosts', findings: [] },
      { title: 'Registries', findings: [right('seven')] },
    ];
    expect(renderFindings(chapters, palette, 18)).to.deep.equal([
      'Engine',
      '  x one two three',
      '    four',
      '  + five',
      '    six',
      '',
      'Registries',
      '  + seven',
    ]);
  });
});
