import { expect } from 'chai';
import {
  type Answer,
  type AskedImage,
  renderImageTable,
  type StoredImage,
} from '../../../lib/overview/index.js';
import { choosePalette } from '../../../lib/report/palette.js';

const now = new Date('2026-11-22T12:00:00Z');
const palette = choosePalette({ LANG: 'C.UTF-8' }, false);
const stored = (changes: Partial<StoredImage> = {}): StoredImage => ({
  size: 132e6,
  created: new Date('2026-11-22T09:00:00Z'),
  version: '1.2.0',
  layers: ['sha256:a', 'sha256:b'],
  ...changes,
});
const image = (label: string, hosts: string[] = [], built = true): AskedImage => ({
  name: label,
  role: 'image',
  label,
  reference: `p-${label}:alice`,
  tag: 'alice',
  built,
  hosts,
});

function table(
  images: AskedImage[],
  answers: Record<string, Record<string, StoredImage> | undefined>,
): string[] {
  const told = new Map<string, Answer>(
    Object.entries(answers).map(([place, found]) => [
      place,
      found ? { images: new Map(Object.entries(found)) } : {},
    ]),
  );
  return renderImageTable({ here: 'here', images, answers: told, now }, palette, { columns: 80 });
}

describe('renderImageTable', () => {
  it('says what is built, how large and old it is, and its version', () => {
    const lines = table([image('base'), image('app'), image('db', [], false)], {
      here: { 'p-base:alice': stored() },
    });
    expect(lines).to.deep.equal([
      'IMAGE  TAG    STATE       SIZE  AGE      VERSION',
      'base   alice  built      132MB  3 hours  1.2.0',
      'app    alice  not built',
      'db     alice  not there',
    ]);
  });

  it('compares what hosts have with what is here, whatever ID their engines give it', () => {
    const reference = 'p-base:alice';
    const hosts = ['same', 'other', 'none', 'far'];
    const lines = table([image('base', hosts)], {
      here: { [reference]: stored() },
      same: { [reference]: stored({ size: 200e6 }) },
      other: { [reference]: stored({ layers: ['sha256:a', 'sha256:c'] }) },
      none: {},
      far: undefined,
    });
    expect(
      lines.slice(1).map((line) => /built|same(?= {2})|different|not there|unreachable/.exec(line)?.[0]),
    ).to.deep.equal(['built', 'same', 'different', 'not there', 'unreachable']);
  });

  it('says that a host has what was never built here', () => {
    const lines = table([image('base', ['far'])], { here: {}, far: { 'p-base:alice': stored() } });
    expect(lines[2]).to.match(/^ +far +there +132MB/);
  });

  it('leaves out what an image does not say', () => {
    const lines = table([image('base')], { here: { 'p-base:alice': { size: 1000, layers: [] } } });
    expect(lines[1]).to.equal('base   alice  built   1kB');
  });
});
