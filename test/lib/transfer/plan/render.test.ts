import { expect } from 'chai';

import { parseHost } from '../../../../lib/engine/connect/host.js';
import type { Engine, EngineAddress } from '../../../../lib/engine/types.js';
import { asReference } from '../../../../lib/oci/reference.js';
import { renderPlan, transferCommand } from '../../../../lib/transfer/plan/render.js';
import type { TransferPlan } from '../../../../lib/transfer/base/types.js';

function engineAt(url: string, cliFlags: string[] = []): Engine {
  const target = parseHost(url, '--host');
  const address: EngineAddress = { target, url, origin: '--host', remote: true, cliFlags };
  return { address } as Engine;
}

function plan(target: Engine, changes: Partial<TransferPlan> = {}): TransferPlan {
  return {
    source: engineAt('unix:///run/docker.sock'),
    target,
    reference: asReference('app:me'),
    image: {
      id: 'sha256:1',
      platform: { os: 'linux', architecture: 'amd64' },
      diffIds: [],
      volumes: [],
      likeness: '',
    },
    layers: [
      { diffId: 'sha256:0123456789abcdef', size: 80_000_000, state: 'there', way: 'delta' },
      { diffId: 'sha256:123456789abcdef0', size: 5_000_000, state: 'probe', way: 'delta' },
      { diffId: 'sha256:23456789abcdef01', state: 'missing', way: 'delta' },
      { diffId: 'sha256:3456789abcdef012', size: 1000, state: 'missing', way: 'whole' },
    ],
    related: [],
    base: { id: 'sha256:2', name: 'app:old', diffIds: [], volumes: [] },
    bytes: { least: 1000, most: 5_001_000 },
    ...changes,
  };
}

describe('a transfer on the screen', () => {
  it('shows what is there, what a probe decides and what goes', () => {
    expect(renderPlan(plan(engineAt('ssh://far')))).to.deep.equal([
      'app:me to ssh://far: 2 of 4 layers are missing, about 1kB to 5MB before compression',
      '  1. 0123456789ab     80MB  there',
      '  2. 123456789abc      5MB  there, if a probe finds it in this form, else as what app:old lacks',
      '  3. 23456789abcd        ?  to send, as what app:old lacks',
      '  4. 3456789abcde      1kB  to send, whole since it is small',
    ]);
  });

  it('says why layers go whole', () => {
    const lines = renderPlan(plan(engineAt('ssh://far'), { base: { none: 'there is no older image' } }));
    expect(lines.slice(2)).to.deep.equal([
      '  2. 123456789abc      5MB  there, if a probe finds it in this form',
      '  3. 23456789abcd        ?  to send',
      '  4. 3456789abcde      1kB  to send',
      '  all that goes, goes whole: there is no older image',
    ]);
  });

  it('says that there is nothing to do', () => {
    const lines = renderPlan(plan(engineAt('ssh://far'), { alreadyThere: 'sha256:fedcba9876543210' }));
    expect(lines).to.deep.equal(['app:me is on ssh://far already (fedcba987654): nothing to send']);
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
