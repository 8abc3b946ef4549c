import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { Output } from '../../../lib/services/output.js';

function frame(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = 1;
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

async function linesOf(
  pieces: readonly Buffer[],
  framed = true,
): Promise<{ heard: string[]; last: readonly string[] }> {
  const source = new PassThrough();
  const output = new Output(source, framed);
  const heard: string[] = [];
  output.listen((line) => heard.push(line));
  output.begin();
  for (const piece of pieces) source.write(piece);
  source.end();
  await output.ended;
  return { heard, last: output.last };
}

describe('the output of a service', () => {
  it('is lines, however it is cut into pieces', async () => {
    const text = 'eins\nzwölf\n\ndrei';
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 18 }), { maxLength: 5 }), async (sizes) => {
        const bytes = Buffer.from(text);
        let at = 0;
        const pieces = [...sizes, bytes.length].map((size) => frame(bytes.subarray(at, (at += size))));
        expect((await linesOf(pieces)).heard).to.deep.equal(['eins', 'zwölf', '', 'drei']);
      }),
      { numRuns: 50 },
    );
  });

  it('is unframed from a terminal', async () => {
    expect((await linesOf([Buffer.from('a\r\nb\r\n')], false)).heard).to.deep.equal(['a', 'b']);
  });

  it('is kept for its last 50 lines, of which none is endless', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `line ${index}\n`).join('');
    const { last } = await linesOf([frame(many), frame('x'.repeat(1_000_000))]);
    expect(last).to.have.length(50);
    expect(last[0]).to.equal('line 11');
    expect(last.at(-1)).to.have.length(4096);
  });
});
