import { Readable, Writable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { copyOutput, OutputClosed } from '../../../../lib/run/streams/output.js';

function frame(stream: 1 | 2, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** A stream that takes little at a time, and remembers. */
class Sink extends Writable {
  readonly chunks: Buffer[] = [];
  constructor(highWaterMark = 16) {
    super({ highWaterMark });
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    setImmediate(done);
  }
  get content(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }
}

describe('copyOutput', () => {
  it('takes frames apart, wherever chunks are cut', async () => {
    const frames = fc.array(fc.tuple(fc.constantFrom<1 | 2>(1, 2), fc.uint8Array({ maxLength: 40 })), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(frames, fc.integer({ min: 1, max: 50 }), async (list, size) => {
        const bytes = Buffer.concat(list.map(([stream, payload]) => frame(stream, payload)));
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        const [stdout, stderr] = [new Sink(), new Sink()];
        await copyOutput(Readable.from(chunks), { stdout, stderr }, true);
        for (const [number, sink] of [
          [1, stdout],
          [2, stderr],
        ] as const) {
          await new Promise<void>((resolve) => sink.end(resolve));
          const sent = list.filter(([stream]) => stream === number).map(([, payload]) => payload);
          expect(sink.content).to.equal(Buffer.concat(sent).toString('latin1'));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('copies a terminal as it is', async () => {
    const [stdout, stderr] = [new Sink(), new Sink()];
    await copyOutput(Readable.from([frame(2, Buffer.from('x'))]), { stdout, stderr }, false);
    expect(stdout.content).to.equal(frame(2, Buffer.from('x')).toString('latin1'));
    expect(stderr.content).to.equal('');
  });

  it('reads no faster than it can write', async () => {
    let read = 0;
    const source = Readable.from(
      (function* () {
        for (; read < 1000; read++) yield frame(1, Buffer.alloc(1000));
      })(),
      { highWaterMark: 1 },
    );
    let release: () => void = () => undefined;
    const stdout = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => (release = done) });
    const copied = copyOutput(source, { stdout, stderr: new Sink() }, true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(read).to.be.lessThan(10);
    const timer = setInterval(() => release(), 0);
    await copied;
    clearInterval(timer);
    expect(read).to.equal(1000);
  });

  it('stops where nobody reads standard output any more', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(), { code: 'EPIPE' })),
    });
    const source = Readable.from(
      (function* () {
        for (;;) yield frame(1, Buffer.from('y\n'));
      })(),
    );
    const failure = await copyOutput(source, { stdout, stderr: new Sink() }, true).catch(
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(OutputClosed);
    expect((failure as OutputClosed).cause?.code).to.equal('EPIPE');
  });

  it('goes on where nobody reads standard error', async () => {
    const stderr = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(), { code: 'EPIPE' })),
    });
    const stdout = new Sink();
    const chunks = [frame(2, Buffer.from('a')), frame(2, Buffer.from('b')), frame(1, Buffer.from('c'))];
    await copyOutput(Readable.from(chunks), { stdout, stderr }, true);
    expect(stdout.content).to.equal('c');
  });
});
