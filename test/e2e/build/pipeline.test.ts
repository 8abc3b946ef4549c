import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import gulp from 'gulp';
import { objectTransform } from 'through2';
import Vinyl from 'vinyl';
import { buildPipeline, type BuiltImage, type PipelineOptions } from '../../../lib/build/index.js';
import { engineNames } from '../../bed/index.js';
import { cases, heavy } from '../../circle.js';
import { randomBytes } from '../../seed.js';
import { onEngines, onOwnEngine, rejection, type Workshop } from './workshop.js';

const DOCKERFILE = 'FROM scratch\nCOPY . /\n';

/** Runs files through a build, and gives what comes out of it. */
async function pipe(here: Workshop, files: NodeJS.ReadableStream, options: Partial<PipelineOptions> = {}) {
  const out: (Vinyl & { image: BuiltImage })[] = [];
  await pipeline(
    files,
    buildPipeline({
      carryOut: (build) => build(here.plan('app'), here.means()),
      ...options,
    }),
    async (described) => {
      for await (const file of described) out.push(file);
    },
  );
  return out;
}

const file = (path: string, contents: Buffer | Readable, mode = 0o100644) =>
  new Vinyl({ base: '/b', path: `/b/${path}`, contents, stat: { mode, mtime: new Date(1e12) } as fs.Stats });

onEngines(cases(engineNames), 'a pipeline as context', (workshop) => {
  it('is what flows, changed on the way, and nothing else; an unchanged file does not travel again', async () => {
    const here = workshop();
    const binary = randomBytes(100_000);
    here.write({
      'docker/app/Dockerfile': DOCKERFILE,
      'src/a.txt': 'one',
      'src/sub/b.bin': binary,
      'not me': 'x',
    });
    fs.chmodSync(here.path('src/a.txt'), 0o755);
    let word = 'ONE';
    const run = () =>
      pipe(
        here,
        gulp.src('src/**', { cwd: here.root, encoding: false }).pipe(
          objectTransform((one: Vinyl, _encoding: unknown, done: (error: null, file: Vinyl) => void) => {
            if (one.extname === '.txt') one.contents = Buffer.from(word);
            done(null, one);
          }),
        ),
      );
    const [described] = await run();
    expect(described!.basename).to.equal('app.json');
    expect(JSON.parse((described!.contents as Buffer).toString())).to.include({
      reference: described!.image.reference,
    });
    const content = await here.content(described!.image.reference);
    expect(content.get('a.txt')).to.include({ mode: 0o755 });
    expect(content.get('a.txt')?.content.toString()).to.equal('ONE');
    expect(content.get('sub/b.bin')?.content.equals(binary)).to.equal(true);
    expect([...content.keys()]).not.to.include('not me');

    // The same size and the same time on disk: only the content tells.
    word = 'TWO';
    const [changed] = await run();
    expect(changed!.image.sent.files).to.equal(1);
    expect((await here.content(changed!.image.reference)).get('a.txt')?.content.toString()).to.equal('TWO');
  });

  for (const builder of ['BuildKit', 'the classic builder']) {
    it(`flows through ${builder} when it is more than memory should hold, exact to the byte`, async () => {
      const here = workshop();
      here.write({ 'docker/app/Dockerfile': DOCKERFILE });
      const digests = new Map<string, string>();
      const source = Readable.from(
        (function* () {
          for (let number = 0; number < 40; number++) {
            const contents = randomBytes(1_000_000 + number);
            const path = `folder ${number % 3}/ü${number}`;
            digests.set(path, createHash('sha256').update(contents).digest('hex'));
            const one = file(path, number % 2 ? contents : Readable.from([contents]));
            one.stat!.size = contents.length;
            yield one;
          }
        })(),
        { highWaterMark: 1 },
      );
      const engine = builder === 'BuildKit' ? here.engine : here.classic();
      const carryOut: PipelineOptions['carryOut'] = (build) =>
        build(here.plan('app'), here.means({ engine }));
      const [described] = await pipe(here, source, { heldBytes: 500_000, carryOut });
      expect(described!.image.sent.files).to.equal(41);
      const content = await here.content(described!.image.reference);
      for (const [path, digest] of digests) {
        expect(createHash('sha256').update(content.get(path)!.content).digest('hex'), path).to.equal(digest);
      }
    });
  }

  it('ends with one sentence for a failing build, a file from outside, and what is no Vinyl file', async () => {
    const here = workshop();
    here.write({ 'docker/app/Dockerfile': 'FROM scratch\nCOPY none /\n' });
    expect(await rejection(pipe(here, Readable.from([file('a', Buffer.from('x'))])))).to.include({
      code: 'BUILD_FAILED',
    });
    expect(await rejection(pipe(here, Readable.from([file('../a', Buffer.from('x'))])))).to.include({
      code: 'CONTEXT_PATH',
    });
    expect(await rejection(pipe(here, Readable.from(['text'])))).to.include({ code: 'NOT_VINYL' });
  });

  it('builds nothing when the pipeline breaks off before it', async () => {
    const here = workshop();
    here.write({ 'docker/app/Dockerfile': DOCKERFILE });
    const source = new PassThrough({ objectMode: true });
    source.write(file('a', Buffer.from('x')));
    setTimeout(() => source.destroy(new Error('broken')), 200);
    expect((await rejection(pipe(here, source))).message).to.equal('broken');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const missing = await rejection(here.docker.getImage(here.plan('app').reference).inspect());
    expect(missing).to.include({ statusCode: 404 });
  });
});

heavy(() =>
  onOwnEngine('28-overlay2', 'a pipeline of 2 GB', (workshop) => {
    it('flows in bounded memory, no faster than the engine takes it', async function () {
      this.timeout(600_000);
      const here = workshop();
      here.write({ 'docker/app/Dockerfile': 'FROM busybox:latest\nCOPY d7 /d\n' });
      const block = randomBytes(20 << 20);
      let peak = 0;
      const before = process.memoryUsage().rss;
      const source = Readable.from(
        (function* () {
          for (let number = 0; number < 100; number++) {
            peak = Math.max(peak, process.memoryUsage().rss);
            const contents = Buffer.from(block);
            contents.writeUInt32BE(number);
            yield file(`d${number % 10}/${number}`, contents);
          }
        })(),
        { highWaterMark: 1 },
      );
      const [described] = await pipe(here, source);
      expect(described!.image.sent.bytes).to.be.greaterThan(2_000_000_000);
      expect(peak - before).to.be.lessThan(400 << 20);
    });
  }),
);
