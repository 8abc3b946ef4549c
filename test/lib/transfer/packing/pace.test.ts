import { expect } from 'chai';
import { type Effort, Pace } from '../../../../lib/transfer/packing/pace.js';

const BLOCK = 2 ** 19;
const MB = 1e6;

/** Part of a block that is left after packing. */
const LEFT: Record<Effort, number> = { none: 1, little: 0.35, much: 0.3 };

/** Milliseconds to pack a block on one processor. */
const PACKING: Record<Effort, number> = { none: 0.1, little: 5, much: 20 };

interface Link {
  /** Bytes a second. */
  wire: number;
  /** Bytes a second that the target takes up, before packing: as they are, and packed. */
  target?: { plain: number; packed: number };
}

/** Efforts of the blocks of a layer that goes over a link: each waits for the one before it. */
function effortsOver({ wire, target }: Link, blocks: number): Effort[] {
  let now = 0;
  const pace = new Pace(() => now);
  /** When each of the blocks that were handed on will have been taken. */
  const taken: number[] = [];
  return Array.from({ length: blocks }, () => {
    const { effort } = pace;
    const packed = BLOCK * LEFT[effort];
    now += PACKING[effort];
    const takingUp = target ? (BLOCK / (effort === 'none' ? target.plain : target.packed)) * 1000 : 0;
    const waiting = () => taken.filter((time) => time > now).length;
    pace.sent({ plain: BLOCK, packed }, waiting());
    const before = Math.max(now, taken.at(-1) ?? 0);
    taken.push(before + Math.max((packed / wire) * 1000, takingUp));
    // So many are buffered before the next one has to wait.
    const free = taken.at(-8);
    if (free !== undefined) now = Math.max(now, free);
    return effort;
  });
}

const part = (efforts: readonly Effort[], effort: Effort) =>
  efforts.filter((each) => each === effort).length / efforts.length;

describe('how hard blocks are compressed', () => {
  it('is not at all over a wire that is quicker than compressing', () => {
    expect(part(effortsOver({ wire: 1000 * MB }, 800), 'none')).to.be.greaterThan(0.9);
  });

  it('is much over a slow wire, and nothing goes over it as it is', () => {
    const efforts = effortsOver({ wire: 2 * MB }, 800);
    expect(part(efforts, 'much')).to.be.greaterThan(0.9);
    expect(part(efforts, 'none')).to.equal(0);
  });

  it('is much over a wire of 100 Mbit/s, where the processors can do it', () => {
    const efforts = effortsOver({ wire: 6 * MB }, 800);
    expect(part(efforts, 'much')).to.be.greaterThan(0.8);
    expect(part(efforts, 'none')).to.be.lessThan(0.05);
  });

  it('is not at all where not the wire, but the target is slow, which would have to unpack', () => {
    const link = { wire: 100 * MB, target: { plain: 20 * MB, packed: 15 * MB } };
    expect(part(effortsOver(link, 800), 'none')).to.be.greaterThan(0.8);
  });

  it('is little for the first blocks, whatever the wire', () => {
    for (const wire of [1 * MB, 1000 * MB]) expect(part(effortsOver({ wire }, 10), 'little')).to.equal(1);
  });
});
