import { expect } from 'chai';
import type { SwarmNode } from '../../../../lib/engine/swarm/nodes.js';
import { parseServiceLine } from '../../../../lib/swarm/flags/index.js';
import { chooseNodes } from '../../../../lib/swarm/nodes/choose.js';
import { readConstraint } from '../../../../lib/swarm/nodes/constraints.js';
import { UserError } from '../../../../lib/text/user-error.js';

function node(hostname: string, changes: Partial<SwarmNode> = {}): SwarmNode {
  return {
    ...{
      id: `id-${hostname}`,
      hostname,
      address: '10.0.0.1',
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

const platform = { os: 'linux', architecture: 'amd64' };

function choose(nodes: SwarmNode[], constraints: string[] = [], ...words: string[]) {
  const { spec } = parseServiceLine([...words, 'img'], { apiVersion: '1.51' });
  const wanted = { spec, constraints: constraints.map((text) => readConstraint({ text })), platform };
  const { chosen, ...rest } = chooseNodes(nodes, wanted);
  return { chosen: chosen.map(({ hostname }) => hostname), ...rest };
}

describe('the nodes that may run a service', () => {
  it('have as much of what their engines count as one container takes', () => {
    const nodes = [node('a'), node('b', { counted: new Map([['GPU', 2]]) })];
    const { chosen, left } = choose(nodes, [], '--generic-resource=GPU=2');
    expect(chosen).to.deep.equal(['b']);
    expect(left[0]).to.match(/^a gets nothing: it has 0 of GPU, and one container takes 2 /);
    expect(choose(nodes, [], '--generic-resource=GPU=2', '--mode=global').keepAway).to.deep.equal([
      'node.id!=id-a',
    ]);
    expect(() => choose(nodes, [], '--generic-resource=GPU=3')).to.throw(/^No node .* it has 2 of GPU/);
  });

  it('fulfil all constraints, as swarmkit reads them', () => {
    const nodes = [
      node('a', { role: 'manager', labels: { disk: 'SSD' } }),
      node('b', { engineLabels: { gpu: 'yes' } }),
      node('c', { labels: { disk: 'hdd' } }),
    ];
    const expected: [string[], string[]][] = [
      [['node.role==worker'], ['b', 'c']],
      [['node.role!=worker'], ['a']],
      [['node.hostname == B'], ['b']],
      [['node.id==id-c'], ['c']],
      [['node.labels.disk==ssd'], ['a']],
      [['node.labels.disk!=ssd'], ['b', 'c']],
      [['engine.labels.gpu==yes'], ['b']],
      [['node.platform.arch==x86_64', 'node.platform.os==linux', 'node.role==manager'], ['a']],
      [['node.labels.constructor!=x'], ['a', 'b', 'c']],
    ];
    for (const [constraints, chosen] of expected)
      expect(choose(nodes, constraints).chosen, constraints.join()).to.deep.equal(chosen);
  });

  it('are ready, active, and of the platform of the image', () => {
    const nodes = [
      node('fine'),
      node('off', { state: 'down' }),
      node('resting', { availability: 'drain' }),
      node('arm', { machine: 'aarch64', arch: 'arm64' }),
    ];
    expect(choose(nodes)).to.deep.equal({
      chosen: ['fine'],
      keepAway: [],
      left: [
        'off gets nothing: it is down',
        'resting gets nothing: its availability is drain',
        'arm gets nothing: it runs linux/arm64, and the image is for linux/amd64',
      ],
    });
  });

  it('drop nothing in silence', () => {
    const nodes = [node('new'), node('old', { engineVersion: '20.10.24' })];
    const lines: string[][] = [
      ['--oom-score-adj=5'],
      ['--health-cmd=x', '--health-start-interval=1s'],
      ['--mount=type=volume,source=a,target=/b,volume-subpath=c'],
    ];
    for (const words of lines) {
      const { chosen, left, keepAway } = choose(nodes, [], ...words);
      expect(keepAway).to.deep.equal(['node.id!=id-old']);
      expect(chosen, words.join(' ')).to.deep.equal(['new']);
      expect(left.join()).to.match(
        /^old gets nothing: its engine, 20\.10\.24, would drop .* in silence \(\d+ and later know it\)$/,
      );
    }
    expect(choose(nodes, [], '--health-cmd=x', '--limit-memory=64m').chosen).to.deep.equal(['new', 'old']);
  });

  it('are some, or it is said why there are none', () => {
    const sentence = (nodes: SwarmNode[], constraints: string[]) => {
      try {
        choose(nodes, constraints);
      } catch (error) {
        if (error instanceof UserError) return error.message;
        throw error;
      }
      return '';
    };
    expect(sentence([node('a')], ['node.role==manager'])).to.include(
      'none of its nodes fulfils all of "constraints"',
    );
    expect(sentence([node('a', { state: 'down' })], [])).to.include('a gets nothing: it is down');
  });
});
