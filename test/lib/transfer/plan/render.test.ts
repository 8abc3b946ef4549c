import { expect } from 'chai';
import { parseHost } from '../../../../lib/engine/connect/host.js';
import type { Engine, EngineAddress } from '../../../../lib/engine/types.js';
import { shortDigest } from '../../../../lib/oci/digest.js';
import { asReference } from '../../../../lib/oci/reference.js';
import type { TransferPlan } from '../../../../lib/transfer/base/types.js';
import { renderNeeds, renderPlan, transferCommand } from '../../../../lib/transfer/plan/render.js';
import { diffId, imageId } from '../../oci/ids.js';

function engineAt(url: string, cliFlags: string[] = []): Engine {
  const target = parseHost(url, '--host');
  const address: EngineAddress = { target, url, origin: '--host', remote: true, cliFlags };
  return { address } as Engine;
}

const [first, second, third, fourth] = [diffId('1'), diffId('2'), diffId('3'), diffId('4')];

function plan(target: Engine, changes: Partial<TransferPlan> = {}): TransferPlan {
  return {
    source: engineAt('unix:///run/docker.sock'),
    target,
    reference: asReference('app:me'),
    there: asReference('app:me'),
    image: {
      id: imageId('sent'),
      platform: { os: 'linux', architecture: 'amd64' },
      diffIds: [],
      volumes: [],
      likeness: '',
    },
    layers: [
      { diffId: first, size: 80_000_000, state: 'there', way: 'delta' },
      { diffId: second, size: 5_000_000, state: 'probe', way: 'delta' },
      { diffId: third, state: 'missing', way: 'delta' },
      { diffId: fourth, size: 1000, state: 'missing', way: 'whole' },
    ],
    related: [],
    base: { id: imageId('old'), name: 'app:old', diffIds: [], volumes: [] },
    bytes: { least: 1000, most: 5_001_000 },
    ...changes,
  };
}

describe('a transfer on the screen', () => {
  it('shows what is there, what a probe decides and what goes', () => {
    expect(renderPlan(plan(engineAt('ssh://far')))).to.deep.equal([
      'app:me to ssh://far: 2 of 4 layers are missing, about 1kB to 5MB before compression',
      `  1. ${shortDigest(first)}     80MB  there`,
      `  2. ${shortDigest(second)}      5MB  there, if a probe finds it in this form, else as what app:old lacks`,
      `  3. ${shortDigest(third)}        ?  to send, as what app:old lacks`,
      `  4. ${shortDigest(fourth)}      1kB  to send, whole since it is small`,
    ]);
  });

  it('is a sentence beside the layers of an image', () => {
    const target = engineAt('ssh://far');
    expect(renderNeeds(plan(target))).to.equal(
      'layers 3-4 of 4, about 1kB to 5MB before compression, of 3 only what app:old lacks, 2 only if a probe does not find it',
    );
    const states = (wanted: readonly ('there' | 'missing')[]) => ({
      layers: wanted.map((state) => ({ diffId: first, state, way: 'whole' as const })),
      base: { none: 'there is no older image' },
      bytes: { least: 9, most: 9 },
    });
    expect(renderNeeds(plan(target, states(['missing', 'there', 'missing', 'missing'])))).to.equal(
      'layers 1, 3-4 of 4, about 9B before compression',
    );
    expect(renderNeeds(plan(target, states(['there'])))).to.match(/^no layer/);
    expect(renderNeeds(plan(target, { alreadyThere: imageId('sent') }))).to.equal(
      'nothing, the image is there',
    );
  });

  it('says why layers go whole', () => {
    const lines = renderPlan(plan(engineAt('ssh://far'), { base: { none: 'there is no older image' } }));
    expect(lines.slice(2)).to.deep.equal([
      `  2. ${shortDigest(second)}      5MB  there, if a probe finds it in this form`,
      `  3. ${shortDigest(third)}        ?  to send`,
      `  4. ${shortDigest(fourth)}      1kB  to send`,
      '  all that goes, goes whole: there is no older image',
    ]);
  });

  it('says that there is nothing to do', () => {
    const id = imageId('there');
    const lines = renderPlan(plan(engineAt('ssh://far'), { alreadyThere: id }));
    expect(lines).to.deep.equal([`app:me is on ssh://far already (${shortDigest(id)}): nothing to send`]);
  });

  for (const [url, flags, command] of [
    ['ssh://far', ['-H', 'ssh://far'], 'docker save app:me | gzip | ssh far docker load'],
    ['ssh://me@far:2222', [], 'docker save app:me | gzip | ssh -l me -p 2222 far docker load'],
    ['tcp://far:2376', ['-H', 'tcp://far:2376'], 'docker save app:me | docker -H tcp://far:2376 load'],
    ['ssh://far', ['--context', 'prod'], 'docker save app:me | gzip | ssh far docker load'],
    ['unix:///run/docker.sock', [], 'docker save app:me | docker load'],
  ] as const) {
    it(`is ${command} by hand`, () => {
      expect(transferCommand(plan(engineAt(url, [...flags])))).to.equal(command);
    });
  }
});
