import { expect } from 'chai';
import { openEngine, resolveEngineAddress } from '../../../../lib/engine/index.js';
import { Watch } from '../../../../lib/swarm/jobs/watch.js';
import { UserError } from '../../../../lib/text/user-error.js';
import { brokenEngine, saying } from '../../../broken-engine.js';

const TASK = {
  ID: 'task',
  CreatedAt: '2026-01-01T00:00:00Z',
  ServiceID: 'other',
  Spec: {},
  DesiredState: 'running',
  Status: { State: 'running' },
};

/** How a job's service comes out in a swarm that says that of its tasks. */
async function endWhere(tasks: unknown, status = 200): Promise<unknown> {
  const services = { 'GET /services': saying([]), 'GET /nodes': saying([]) };
  await using swarm = await brokenEngine({ 'GET /tasks': saying(tasks, status), ...services });
  const manager = await openEngine(resolveEngineAddress({ env: { DOCKER_HOST: swarm.url } }));
  const end = new AbortController();
  const watch = new Watch({ manager, mark: 'mark' }, 400);
  const looking = watch.look(end.signal).catch((error: unknown) => end.abort(error));
  try {
    return (await watch.ended('service', () => undefined, end.signal)).fate;
  } catch (error) {
    return error;
  } finally {
    end.abort(new Error('enough'));
    await looking;
    await manager.close();
  }
}

describe('a job in a swarm that lies', () => {
  for (const [what, tasks] of [
    ['has no task of it', []],
    ['has tasks of others', [TASK]],
  ] as const)
    it(`and ${what}: it ends, and says so`, async () => {
      const fate = await endWhere(tasks);
      expect(fate).to.include({ kind: 'ended', problem: 'has had no task in the swarm for 0.4s' });
    });

  it('of a state that there is none: one sentence', async () => {
    const error = await endWhere([{ ...TASK, Status: { State: 'waltzing' } }]);
    expect(error).to.be.instanceOf(UserError);
    expect((error as UserError).message).to.match(/GET \/tasks .*"waltzing", not the state of a task/);
  });

  it('and does not know the service any more: it ends, and says so', async () => {
    const fate = await endWhere({ message: 'service service not found' }, 404);
    expect(fate).to.include({ kind: 'ended', problem: 'was removed from the swarm by somebody else' });
  });
});
