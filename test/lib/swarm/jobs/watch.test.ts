import { expect } from 'chai';
import { openEngine, resolveEngineAddress } from '../../../../lib/engine/index.js';
import { Watch } from '../../../../lib/swarm/jobs/watch.js';
import { UserError } from '../../../../lib/text/user-error.js';
import { type Answers, brokenEngine, saying } from '../../../broken-engine.js';

const TASK = {
  ID: 'task',
  CreatedAt: '2026-01-01T00:00:00Z',
  ServiceID: 'other',
  Spec: {},
  DesiredState: 'running',
  Status: { State: 'running' },
};

/** How a job's service comes out in a swarm that says that of its tasks. */
function endWhere(tasks: unknown, status = 200): Promise<unknown> {
  const services = { 'GET /services': saying([]), 'GET /nodes': saying([]) };
  return endIn({ 'GET /tasks': saying(tasks, status), ...services });
}

async function endIn(answers: Answers): Promise<unknown> {
  await using swarm = await brokenEngine(answers);
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

describe('a job whose task the swarm ends', () => {
  it('says that its node drains, though that has begun since the last look at the nodes', async () => {
    let looks = 0;
    const isLater = () => looks > 2;
    const state = () => (isLater() ? 'shutdown' : 'running');
    const fate = await endIn({
      'GET /tasks': (request, response) => {
        looks++;
        const task = { ...TASK, ServiceID: 'service', NodeID: 'node', Status: { State: state() } };
        saying([task])(request, response);
      },
      'GET /nodes': (request, response) => {
        const Spec = { Role: 'worker', Availability: isLater() ? 'drain' : 'active' };
        const Description = { Hostname: 'node2', Platform: { Architecture: 'x86_64', OS: 'linux' } };
        saying([{ ID: 'node', Version: { Index: 1 }, Spec, Description, Status: { State: 'ready' } }])(
          request,
          response,
        );
      },
    });
    expect(fate).to.include({ kind: 'ended', problem: 'was ended by the swarm, since node2 drains' });
  });
});
