import { expect } from 'chai';
import { matchSizes } from '../../../../lib/engine/images/layer-sizes.js';

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
    expect(matchSizes(history, 4)).to.deep.equal([100, 0, 5, 0]);
    expect(matchSizes(history, 2)).to.deep.equal([100, 5]);
  });

  it('claims nothing where the numbers do not fit', () => {
    expect(matchSizes([entry('RUN x', 1)], 3)).to.deep.equal([undefined, undefined, undefined]);
  });
});
