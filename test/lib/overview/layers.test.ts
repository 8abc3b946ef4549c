import { expect } from 'chai';
import { describeLayers, type Layer, renderLayers } from '../../../lib/overview/index.js';
import { madeBy } from '../../../lib/overview/made-by.js';
import { choosePalette } from '../../../lib/report/palette.js';
import { displayWidth } from '../../../lib/report/text.js';

const palette = choosePalette({ LANG: 'C.UTF-8' }, false);

describe('what made a layer', () => {
  for (const [entry, shown] of [
    ['COPY src src # buildkit', 'COPY src src'],
    ['RUN /bin/sh -c pip install . # buildkit', 'RUN pip install .'],
    ['RUN |2 A=b C=d e /bin/sh -c make\n\tall # buildkit', 'RUN make all'],
    ['|1 A=b /bin/sh -c make', 'RUN make'],
    ['/bin/sh -c make', 'RUN make'],
    ['RUN /bin/bash -o pipefail -c make # buildkit', 'RUN /bin/bash -o pipefail -c make'],
    ['/bin/sh -c #(nop) COPY dir:0123456789abcdef0123 in /app ', 'COPY dir in /app'],
    ['RUN /bin/sh -c API_TOKEN=verysecret make # buildkit', 'RUN API_TOKEN=*** make'],
    ['COPY \x1b[31mred\x1b[0m \u202eblue', 'COPY red blue'],
  ] as const) {
    it(`of ${JSON.stringify(entry)} is ${shown}`, () => {
      expect(madeBy(entry)).to.equal(shown);
    });
  }
});

describe('the layers of an image', () => {
  const origins = [
    { size: 100e6, madeBy: 'ADD root' },
    { size: 50e6, madeBy: 'RUN pip install' },
    { size: 10, madeBy: 'COPY a b' },
  ];

  it('are shared with images that have all below them, too', () => {
    const layers = describeLayers({ name: 'app', layers: ['a', 'b', 'c'] }, origins, [
      { name: 'app', layers: ['a', 'b', 'c'] },
      { name: 'base', layers: ['a', 'b'] },
      { name: 'odd', layers: ['z', 'b'] },
      { name: 'dev', layers: ['a'] },
    ]);
    expect(layers.map(({ sharedWith }) => sharedWith)).to.deep.equal([['base', 'dev'], ['base'], []]);
    expect(layers[0]).to.include({ diffId: 'a', size: 100e6, madeBy: 'ADD root' });
  });

  const layer = (size: number | undefined, madeBy: string, ...sharedWith: string[]): Layer => ({
    diffId: madeBy,
    ...(size !== undefined && { size }),
    madeBy,
    sharedWith,
  });
  const picture = {
    reference: 'p-app:ada',
    layers: [
      layer(100e6, 'ADD root', 'base', 'dev', 'docs', 'web', 'worker'),
      layer(50e6, 'RUN pip install', 'base'),
      layer(10, 'COPY a b'),
      layer(0, 'WORKDIR /x'),
    ],
    remarks: ['to server a transfer would send layers 3-4 of 4, about 10B before compression'],
  };

  it('are bars, as long as their part of the largest, and one that is small is seen', () => {
    expect(renderLayers(picture, palette)).to.deep.equal([
      'p-app:ada: 4 layers, about 150MB, of which 10B are its own',
      '',
      '    SIZE                        SHARED WITH              MADE BY',
      '1  100MB  ████████████████████  base, dev, docs, 2 more  ADD root',
      '2   50MB  ██████████            base                     RUN pip install',
      '3    10B  ▏                                              COPY a b',
      '4     0B                                                 WORKDIR /x',
      '',
      ...picture.remarks,
    ]);
  });

  for (const columns of [50, 80, 120]) {
    it(`fit into ${columns} columns, with what is cut marked`, () => {
      const long = {
        ...picture,
        layers: [...picture.layers, layer(5e6, `RUN ${'make install '.repeat(20)}`)],
      };
      const lines = renderLayers(long, palette, { columns });
      for (const line of lines) expect(displayWidth(line), line).to.be.at.most(columns);
      expect(lines.find((line) => line.startsWith('5'))).to.match(/ RUN make.*…$/);
    });
  }

  it('say so where an image shares nothing, or all, or the history is of no use', () => {
    const text = (...layers: Layer[]) =>
      renderLayers({ ...picture, layers, remarks: [] }, palette).join('\n');
    expect(text(layer(1000, 'ADD root')))
      .to.match(/1 layer, about 1kB, none of it shared/)
      .and.not.include('SHARED');
    expect(text(layer(1000, 'ADD root', 'base'))).to.include('all of it shared');
    expect(text({ diffId: 'a', sharedWith: [] })).to.match(/^1 {5}\?$/m);
  });
});
