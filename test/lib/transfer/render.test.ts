import { expect } from 'chai';

import type { Engine, EngineAddress } from '../../../lib/engine/types.js';
import { renderPlan, transferCommand } from '../../../lib/transfer/render.js';
import type { TransferPlan } from '../../../lib/transfer/types.js';

function engineAt(url: string, cliFlags: string[] = []): Engine {
  const address: EngineAddress = { url, origin: '--host', remote: true, cliFlags };
  return { address } as Engine;
}

function plan(target: Engine, changes: Partial<TransferPlan> = {}): TransferPlan {
  return {
    source: engineAt('unix:///run/docker.sock'),
    target,
    reference: 'app:me',
    image: { id: 'sha256:1', platform: { os: 'linux', architecture: 'amd64' }, diffIds: [], likeness: '' },
    layers: [
      { diffId: 'sha256:0123456789abcdef', size: 80_000_000, state: 'there' },
      { diffId: 'sha256:123456789abcdef0', size: 5_000_000, state: 'probe' },
      { diffId: 'sha256:23456789abcdef01', state: 'missing' },
    ],
    related: [],
    bytes: { least: 0, most: 5_000_000 },
    ...changes,
  };
}

describe('a transfer on the screen', () => {
  it('shows what is there, what a probe decides and what goes', () => {
    expect(renderPlan(plan(engineAt('ssh://far')))).to.deep.equal([
      'app:me to ssh://far: 1 of 3 layers are missing, about 0B to 5MB before compression',
      '  1. 0123456789ab     80MB  there',
      '  2. 123456789abc      5MB  there, if a probe finds it in this form',
      '  3. 23456789abcd        ?  to send',
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
