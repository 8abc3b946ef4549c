import { expect } from 'chai';
import type { SwarmService } from '../../../../lib/engine/swarm/services.js';
import type { SwarmTask } from '../../../../lib/engine/swarm/tasks.js';
import { type Course, firstFailed, judge } from '../../../../lib/swarm/deploy/judge.js';

const NEW = { ContainerSpec: { Image: 'new' }, Resources: { Limits: {} }, ForceUpdate: 0 };
const course: Course = {
  task: { ...NEW, Runtime: 'container' },
  replicas: 2,
  nodes: 3,
  since: '2026-01-01T10:00',
};

function service(state?: string, whole: Record<string, unknown> = {}): SwarmService {
  const Spec = { name: 'web', labels: {}, image: '', tty: false, forceUpdate: 0, whole };
  const UpdateStatus = state === undefined ? undefined : { State: state, Message: undefined };
  return { ID: 's', Version: { Index: 1 }, UpdatedAt: '', Spec, PreviousSpec: undefined, UpdateStatus };
}

function task(State: string, more: Partial<SwarmTask> = {}): SwarmTask {
  const Status = { State, Message: undefined, Err: undefined, ContainerStatus: undefined };
  const DesiredState = ['failed', 'rejected', 'complete'].includes(State) ? 'shutdown' : 'running';
  const place = { NodeID: 'n', ServiceID: 's', Slot: 1 };
  return { ID: State, CreatedAt: '2026-01-01T10:01', ...place, Spec: NEW, DesiredState, Status, ...more };
}

const old = task('running', {
  Spec: { ...NEW, ContainerSpec: { Image: 'old' } },
  CreatedAt: '2026-01-01T09:00',
});
const verdict = (tasks: SwarmTask[], state?: string, changes: Partial<Course> = {}) => {
  const { kind, ...more } = judge(service(state), tasks, { ...course, ...changes }, []);
  return Object.keys(more).length === 0 ? kind : { kind, ...more };
};

describe('where a service stands', () => {
  it('is that all of it runs, where all that is to run is new and does', () => {
    expect(verdict([task('running'), task('running')])).to.equal('runs');
    expect(verdict([task('running'), task('running')], 'completed')).to.equal('runs');
    expect(verdict([task('running'), task('running'), old])).to.equal('going');
    expect(verdict([task('running'), old])).to.equal('going');
    expect(verdict([task('running'), task('starting')])).to.equal('going');
    expect(verdict([task('running'), task('running')], undefined, { replicas: undefined })).to.equal('going');
    expect(verdict([], undefined, { replicas: 0 })).to.equal('runs');
  });

  it('is not said before the swarm has done with an update', () => {
    expect(verdict([task('running'), task('running')], 'updating')).to.equal('going');
    expect(verdict([task('failed'), old], 'updating')).to.equal('going');
    expect(verdict([task('failed'), old], 'rollback_started')).to.deep.equal({ kind: 'going', back: true });
    expect(verdict([task('failed'), old], 'rollback_completed')).to.equal('undone');
    expect(verdict([old, task('starting')], 'rollback_completed')).to.deep.equal({
      kind: 'going',
      back: true,
    });
    expect(verdict([task('failed'), old], 'paused')).to.equal('paused');
    expect(verdict([task('failed'), old], 'rollback_paused')).to.equal('paused');
  });

  it('is that it failed where a new task did, or ended though it is to run on', () => {
    for (const state of ['failed', 'rejected', 'complete'])
      expect(verdict([task('running'), task(state), task('starting')])).to.equal('failed');
    expect(verdict([{ ...task('failed'), CreatedAt: '2026-01-01T09:00' }, task('starting')])).to.equal(
      'going',
    );
    const all = [old, task('starting'), task('rejected'), task('failed')];
    expect(firstFailed(all, course)?.ID).to.equal('rejected');
  });

  it('on the way back is read the other way round', () => {
    const back = { back: true };
    expect(verdict([task('running'), task('running')], 'rollback_started', back)).to.equal('going');
    expect(verdict([task('running'), task('running')], 'rollback_completed', back)).to.equal('runs');
    expect(verdict([task('running'), old], 'rollback_paused', back)).to.equal('paused');
  });

  it('of what is as it is to be does not depend on how it came back to that', () => {
    const unchanged = { unchanged: true };
    const all = [task('running'), task('running')];
    expect(verdict(all, 'rollback_completed', unchanged)).to.equal('runs');
    expect(verdict([task('running'), task('starting')], 'rollback_completed', unchanged)).to.equal('going');
    expect(verdict(all, 'rollback_paused', unchanged)).to.equal('paused');
  });

  it('does not depend on what versions leave out or write in another order', () => {
    const Spec = { ForceUpdate: 0, ContainerSpec: { Isolation: 'default', Image: 'new', Env: [] } };
    expect(verdict([task('running', { Spec }), task('running')])).to.equal('runs');
  });

  it('does not depend on what a node that is paused keeps, where each node has one', () => {
    const kept = { ...old, NodeID: 'paused' };
    const nodes = [{ id: 'paused', state: 'ready', availability: 'pause' }];
    const stands = (replicas?: number) =>
      judge(service('completed'), [task('running'), kept], { ...course, replicas, nodes: 1 }, nodes).kind;
    expect(stands()).to.equal('runs');
    expect(stands(1)).to.equal('going');
  });

  it('is that it is what it was before, though the swarm says for ever that it goes back, where a node is lost', () => {
    const spec = { TaskTemplate: old.Spec };
    const stands = (tasks: SwarmTask[], state: string, changes: Partial<Course> = {}) =>
      judge(service('rollback_started', spec), tasks, { ...course, replicas: undefined, ...changes }, [
        { id: 'n', state: 'ready', availability: 'active' },
        { id: 'm', state, availability: 'active' },
      ]).kind;
    expect(stands([task('failed'), old], 'down')).to.equal('undone');
    expect(stands([task('failed'), old], 'ready')).to.equal('going');
    expect(stands([task('running'), old], 'down')).to.equal('going');
    expect(stands([{ ...old, Status: task('starting').Status }], 'down')).to.equal('going');
    expect(stands([task('failed')], 'down')).to.equal('going');
    expect(stands([old], 'down', { back: true, task: old.Spec })).to.equal('runs');
    expect(stands([old], 'down', { unchanged: true, task: old.Spec, nodes: 1 })).to.equal('runs');
  });
});
