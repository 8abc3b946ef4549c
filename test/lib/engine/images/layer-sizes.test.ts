import { expect } from 'chai';
import { matchLayers } from '../../../../lib/engine/images/layer-sizes.js';

describe('layer sizes from the history', () => {
  const entry = (CreatedBy: string, Size = 0) => ({ CreatedBy, Size });

  it('leaves out instructions that make no layer', () => {
    const history = [
      entry('CMD ["sh"]'),
      entry('WORKDIR /x'),
      entry('/bin/sh -c #(nop)  ENV A=b'),
      entry('/bin/sh -c #(nop) COPY a in /', 5),
      entry('/bin/sh -c true'),
      entry('ADD root', 100),
    ];
    const sizes = (count: number) => matchLayers(history, count).map((origin) => origin?.size);
    expect(sizes(4)).to.deep.equal([100, 0, 5, 0]);
    expect(sizes(2)).to.deep.equal([100, 5]);
    expect(matchLayers(history, 4)[0]).to.deep.equal({ size: 100, madeBy: 'ADD root' });
  });

  it('claims nothing where the numbers do not fit', () => {
    expect(matchLayers([entry('RUN x', 1)], 3)).to.deep.equal([undefined, undefined, undefined]);
  });
});
