import { expect } from 'chai';
import type { Engine, EngineFacts } from '../../../../lib/engine/types.js';
import type { TransferPlan } from '../../../../lib/transfer/base/types.js';
import { type Candidate, renderWays, waysFor } from '../../../../lib/transfer/plan/ways.js';
import { diffId, imageId } from '../../oci/ids.js';

const [large, small] = [diffId('1'), diffId('2')];

const FACTS = { maker: 'docker', os: 'linux', arch: 'amd64', rootless: false } as EngineFacts;

function candidate(
  url: string,
  changes: Partial<TransferPlan> = {},
  facts: Partial<EngineFacts> = {},
): Candidate {
  const target = { address: { url, remote: !url.startsWith('unix') } } as Engine;
  const image = { diffIds: [large, small] } as unknown as TransferPlan['image'];
  const layers: TransferPlan['layers'] = [
    { diffId: large, size: 20_000_000, state: 'missing', way: 'whole' },
    { diffId: small, size: 1000, state: 'missing', way: 'whole' },
  ];
  return {
    plan: { target, image, layers, ...changes } as TransferPlan,
    facts: { ...FACTS, ...facts },
    codec: 'zstd',
  };
}

const urls = (plans: readonly TransferPlan[]) => plans.map(({ target }) => target.address.url);

describe('which way an image goes to several hosts', () => {
  it('is once from here to the first, and from there to the others', () => {
    const ways = waysFor(['ssh://a', 'ssh://b', 'ssh://c'].map((url) => candidate(url)));
    expect(urls(ways.together)).to.deep.equal(['ssh://a', 'ssh://b', 'ssh://c']);
    expect(renderWays(ways)).to.deep.equal([
      'whole layers, about 20MB before compression, go once from here to ssh://a, and from there to ssh://b, ssh://c; to one that cannot reach it, from here',
    ]);
  });

  it('is from here to each where there is one host, or little goes', () => {
    const delta = { layers: [{ diffId: large, size: 20_000_000, state: 'missing', way: 'delta' }] } as const;
    for (const candidates of [
      [candidate('ssh://a')],
      [candidate('ssh://a'), candidate('ssh://b', { alreadyThere: imageId('there') })],
      [candidate('ssh://a'), candidate('unix:///run/docker.sock')],
      [candidate('ssh://a', delta), candidate('ssh://b', delta)],
    ]) {
      const ways = waysFor(candidates);
      expect(ways.together).to.deep.equal([]);
      expect(renderWays(ways)).to.deep.equal([]);
    }
  });

  it('leaves out, and says why, what takes nothing from another', () => {
    const ways = waysFor([
      candidate('ssh://a'),
      candidate('ssh://rootless', {}, { rootless: true }),
      candidate('ssh://riscv', {}, { arch: 'riscv64' }),
      candidate('ctr://node', {}, { maker: 'containerd' }),
      candidate('ssh://arm', { image: { diffIds: [small] } as unknown as TransferPlan['image'] }),
      candidate('ssh://b'),
    ]);
    expect(urls(ways.together)).to.deep.equal(['ssh://a', 'ssh://b']);
    expect(renderWays(ways).slice(1)).to.deep.equal([
      '  ssh://rootless gets a copy from here: the containers of a rootless engine are not in the network of its host',
      '  ssh://riscv gets a copy from here: there is no program for linux/riscv64',
      '  ctr://node gets a copy from here: a node with containerd alone has no engine that would take it from another host',
      '  ssh://arm gets a copy from here: its image is of another platform',
    ]);
  });

  it('packs layers as all of them read it', () => {
    const old = { ...candidate('ssh://old'), codec: 'gzip' as const };
    expect(waysFor([candidate('ssh://a'), old]).codec).to.equal('gzip');
    expect(waysFor([candidate('ssh://a'), candidate('ssh://b')]).codec).to.equal('zstd');
  });
});
