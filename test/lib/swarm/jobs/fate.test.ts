import { expect } from 'chai';
import type { SwarmNode } from '../../../../lib/engine/swarm/nodes.js';
import type { SwarmTask } from '../../../../lib/engine/swarm/tasks.js';
import { fateOf } from '../../../../lib/swarm/jobs/fate.js';

const NODE: SwarmNode = {
  ...{ id: 'n', hostname: 'node2', address: '10.0.0.2', role: 'worker' },
  ...{ availability: 'active', state: 'ready', labels: {}, engineLabels: {}, counted: new Map() },
  ...{ engineVersion: '28.5.2', os: 'linux', machine: 'x86_64', arch: 'amd64' },
};

function task(State: string, status: Partial<SwarmTask['Status']> = {}, NodeID = 'n') {
  const Status = { State, Message: undefined, Err: undefined, ContainerStatus: undefined, ...status };
  const place = { NodeID, ServiceID: 's', Slot: 1 };
  return { ID: 't', CreatedAt: '', ...place, Spec: {}, DesiredState: 'shutdown', Status };
}

const exit = (ExitCode: number) => ({ ContainerStatus: { ContainerID: 'c', ExitCode } });

describe('what becomes of a task that is to end', () => {
  it('is its exit status', () => {
    expect(fateOf(task('complete', exit(0)), NODE)).to.deep.equal({ kind: 'ended', status: 0, tells: true });
    expect(fateOf(task('failed', exit(137)), NODE)).to.deep.equal({
      ...{ kind: 'ended', status: 137, tells: true },
      problem: 'ended with exit status 137',
    });
  });

  it('has no exit status where there was no container', () => {
    const Err = 'No such image: app';
    expect(fateOf(task('rejected', { Err, ...exit(0) }), NODE)).to.deep.equal({
      ...{ kind: 'ended', problem: `was rejected: ${Err}`, tells: false },
    });
    expect(fateOf(task('failed', { Err: 'starting container failed', ...exit(0) }), NODE)).to.include({
      ...{ status: undefined, problem: 'failed: starting container failed' },
    });
  });

  it('is open as long as it waits or runs', () => {
    expect(fateOf(task('pending', { Err: 'no suitable node' }, ''), undefined)).to.deep.equal({
      ...{ kind: 'waits', why: 'no suitable node' },
    });
    expect(fateOf(task('preparing'), NODE)).to.deep.equal({ kind: 'waits', why: 'preparing' });
    expect(fateOf(task('running'), NODE)).to.deep.equal({ kind: 'runs' });
    expect(fateOf(task('running'), { ...NODE, state: 'unknown' })).to.deep.equal({ kind: 'runs' });
  });

  it('is lost with its node, unless it has ended before', () => {
    const down = { ...NODE, state: 'down' };
    for (const state of ['assigned', 'running', 'shutdown'])
      expect(fateOf(task(state), down)).to.deep.equal({
        ...{ kind: 'ended', problem: 'was lost with node2, which is down', tells: false },
      });
    expect(fateOf(task('orphaned'), undefined)).to.include({
      problem: 'was lost with its node, which has left the swarm',
    });
    expect(fateOf(task('complete', exit(0)), down)).to.include({ status: 0 });
    expect(fateOf(task('failed', exit(3)), undefined)).to.include({ status: 3 });
  });

  it('is an end by the swarm where that has taken it away', () => {
    expect(fateOf(task('shutdown', exit(143)), { ...NODE, availability: 'drain' })).to.deep.equal({
      ...{ kind: 'ended', status: 143, tells: true },
      problem: 'was ended by the swarm, since node2 drains',
    });
    expect(fateOf(task('shutdown', exit(0)), NODE)).to.include({
      ...{ status: undefined, problem: 'was ended by the swarm' },
    });
  });
});
