import { expect } from 'chai';
import type { SwarmNode } from '../../../lib/engine/swarm/nodes.js';
import type { AskedImage } from '../../../lib/overview/index.js';
import { placesOf } from '../../../lib/overview/index.js';
import { swarmFindings } from '../../../tasks/doctor/swarms.js';
import { answersOfNodes, type ImageOnNode, withNodes } from '../../../tasks/swarm/node-images.js';

const IMAGE = '127.0.0.1:1/shop-web:0123456789abcdef';

function node(hostname: string, changes: Partial<SwarmNode> = {}): SwarmNode {
  return {
    ...{
      id: hostname,
      hostname,
      address: '10.0.0.2',
      role: 'worker',
      availability: 'active',
      state: 'ready',
    },
    ...{
      labels: {},
      engineLabels: {},
      counted: new Map(),
      engineVersion: '28.5.2',
      os: 'linux',
      machine: 'x86_64',
      arch: 'amd64',
    },
    ...changes,
  };
}

describe('what doctor says of a swarm', () => {
  const manager = 'ssh://ada@manager';
  const nodes = [node('one'), node('two')].map((one) => ({ node: one, contents: [] }));
  const service = { name: 'web', image: IMAGE, running: 2, wanted: 2 };

  it('is that all is right', () => {
    expect(swarmFindings({ manager, services: [service], nodes })).to.deep.equal([
      { state: 'right', text: 'ssh://ada@manager: 2 of 2 nodes take containers' },
      { state: 'right', text: 'web: 2 of 2 run' },
    ]);
  });

  it('is what is missing, and what to do', () => {
    const found = swarmFindings({
      manager,
      services: [{ ...service, running: 1, state: 'updating' }],
      nodes: [
        { node: node('one', { state: 'down' }), contents: [] },
        { node: node('two', { availability: 'drain' }), contents: [{ image: IMAGE, state: 'stale' }] },
      ],
    });
    expect(found.map(({ state, text }) => `${state}: ${text}`)).to.deep.equal([
      'right: ssh://ada@manager: 0 of 2 nodes take containers',
      'wrong: one is down: see its engine, or take it out (docker node rm one)',
      'doubtful: two takes no containers (drain)',
      'doubtful: web: 1 of 2 run (updating); docker service ps web says why',
      `doubtful: two has lost ${IMAGE}, which its label says it has; deploying web again sends it`,
    ]);
  });
});

describe('images on nodes', () => {
  const stored = { size: 1, layers: ['a'] };
  const asked = (name: string, role: AskedImage['role'] = 'image'): AskedImage => ({
    ...{ name, role, label: name, reference: `shop-${name}-${role}:ada`, tag: 'ada', built: true, hosts: [] },
  });
  const images: ImageOnNode[] = [
    { name: 'web', place: 'swarm: one', state: 'there', stored },
    { name: 'web', place: 'swarm: two', state: 'stale' },
    { name: 'web', place: 'swarm: three', state: 'unreachable' },
    { name: 'batch', place: 'swarm: one', state: 'there', stored: { size: 1, layers: ['b'] } },
  ];

  it('are rows beside those of hosts', () => {
    const all = [asked('web'), asked('web', 'builder'), asked('batch')].map((one) => withNodes(one, images));
    const answers = answersOfNodes(all, images);
    const own = new Map(all.map(({ reference }) => [reference, stored]));
    answers.set('here', { images: own });
    const rows = all.map((image) => placesOf(image, { here: 'here', answers }));
    expect(rows.map((row) => row.map(({ place, state }) => `${place} ${state}`))).to.deep.equal([
      ['here built', 'swarm: one same', 'swarm: two stale', 'swarm: three unreachable'],
      ['here built'],
      ['here built', 'swarm: one different'],
    ]);
  });
});
