import { expect } from 'chai';
import {
  type ImageGraph,
  type Mark,
  renderMermaid,
  renderSvg,
  renderTree,
} from '../../../../lib/build/graph/index.js';
import { layOut } from '../../../../lib/build/graph/layout.js';
import { graphOf } from './images.js';

const graph = graphOf({ base: '', tools: '', app: 'base', dev: 'base tools', cicd: 'app' });
const notes = new Map([['base', ['12 MB', '3 h']]]);

describe('graph renderers', () => {
  it('draws a tree', () => {
    expect(renderTree(graph, notes)).to.equal(
      ['base  12 MB  3 h', '├── app', '│   └── cicd', '└── dev', 'tools', '└── dev', ''].join('\n'),
    );
  });

  it('draws what stands below several images once', () => {
    expect(renderTree(graphOf({ a: '', b: '', c: 'a b', d: 'c' }))).to.equal(
      ['a', '└── c', '    └── d', 'b', '└── c  (see above)', ''].join('\n'),
    );
  });

  it('draws an empty graph', () => {
    const empty = graphOf({});
    expect(renderTree(empty)).to.equal('');
    expect(renderMermaid(empty)).to.equal('flowchart TD\n');
    expect(renderSvg(empty)).to.match(/^<svg [^]*<\/svg>\n$/);
  });

  it('writes Mermaid', () => {
    expect(renderMermaid(graph, notes)).to.equal(
      [
        'flowchart TD',
        '  image0["base<br/>12 MB<br/>3 h"]',
        '  image1["tools"]',
        '  image2["app"]',
        '  image3["dev"]',
        '  image4["cicd"]',
        '  image0 --> image2',
        '  image0 --> image3',
        '  image1 --> image3',
        '  image2 --> image4',
        '',
      ].join('\n'),
    );
  });

  it('escapes what Mermaid and SVG would take for markup', () => {
    const odd = new Map([['a', ['<"&#>']]]);
    expect(renderMermaid(graphOf({ a: '' }), odd)).to.include('["a<br/>#60;#34;#38;#35;#62;"]');
    expect(renderSvg(graphOf({ a: '' }), odd)).to.include('&lt;&quot;&amp;#&gt;');
  });

  it('draws a box for each image and an arrow for each need', () => {
    const svg = renderSvg(graph, notes);
    expect(svg.match(/<rect /g)).to.have.length(5);
    expect(svg.match(/<path class="arrow"/g)).to.have.length(4);
    for (const text of ['base', 'tools', 'app', 'dev', 'cicd', '12 MB', '3 h'])
      expect(svg).to.include(`>${text}</text>`);
  });

  it('shows what was rebuilt, and to one scale how much of each image is its own', () => {
    const marks = new Map<string, Mark>([
      ['base', { state: 'cached', bytes: { shared: 0, own: 100 } }],
      ['app', { state: 'rebuilt', bytes: { shared: 100, own: 100 } }],
      ['dev', { state: 'old', bytes: { shared: 100, own: 0 } }],
      ['cicd', { state: 'missing' }],
    ]);
    const svg = renderSvg(graph, notes, marks);
    const parts = (kind: string) =>
      [...svg.matchAll(/<rect class="(\w+)"[^>]* width="([\d.]+)" height="6"/g)].flatMap(
        ([, found, width]) => (found === kind ? [Number(width)] : []),
      );
    const [shared, other] = parts('shared');
    expect(parts('shared')).to.have.length(2);
    expect(parts('own')).to.deep.equal([shared, other]);
    expect(shared).to.equal(other).and.be.greaterThan(20);
    for (const state of ['cached', 'rebuilt', 'old', 'missing'])
      expect(svg).to.include(`class="box ${state}"`);
  });

  it('lets no boxes overlap and no arrow run through a box of a row that it passes', () => {
    const wide: ImageGraph = graphOf({ a: '', b: 'a', c: 'a b', d: 'a c', e: 'a b c d', f: 'a', g: 'a f' });
    const boxHeight = 40;
    const { boxes, arrows, width, height } = layOut(wide, {
      widthOf: () => 100,
      boxHeight,
      gap: 20,
      rowGap: 50,
      margin: 10,
    });
    for (const one of boxes) {
      expect(one.x - one.width / 2).to.be.at.least(10);
      expect(one.x + one.width / 2).to.be.at.most(width - 10);
      expect(one.y + boxHeight).to.be.at.most(height - 10);
      for (const other of boxes) {
        if (other !== one && other.y === one.y) expect(Math.abs(other.x - one.x)).to.be.at.least(120);
      }
    }
    for (const { from, to, points } of arrows) {
      for (const { x, y } of points) {
        const hit = boxes.filter(
          (box) => y >= box.y && y <= box.y + boxHeight && Math.abs(x - box.x) <= box.width / 2,
        );
        expect(hit.every(({ image }) => image === from || image === to)).to.equal(true);
      }
    }
  });
});
