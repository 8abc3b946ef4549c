import { expect } from 'chai';
import { formatBytes, formatClock, formatDuration } from '../../../lib/report/format.js';

describe('formatBytes', () => {
  for (const [bytes, text] of [
    [0, '0B'],
    [999, '999B'],
    [1000, '1kB'],
    [1234, '1.23kB'],
    [77_859_123, '77.9MB'],
    [999_499, '999kB'],
    [999_500, '1MB'],
    [1_240_000_000, '1.24GB'],
  ] as const) {
    it(`${bytes} is ${text}`, () => expect(formatBytes(bytes)).to.equal(text));
  }
});

describe('formatDuration', () => {
  for (const [milliseconds, text] of [
    [0, '0.0s'],
    [49, '0.0s'],
    [3_210, '3.2s'],
    [59_949, '59.9s'],
    [59_950, '1m00s'],
    [245_000, '4m05s'],
    [3_599_400, '59m59s'],
    [3_720_000, '1h02m'],
  ] as const) {
    it(`${milliseconds} ms is ${text}`, () => expect(formatDuration(milliseconds)).to.equal(text));
  }
});

describe('formatClock', () => {
  it('is the local time', () => expect(formatClock(new Date(2026, 0, 2, 3, 4, 5))).to.equal('03:04:05'));
});
