import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import gulp from 'gulp';
import type Vinyl from 'vinyl';
import { type DockerTasks, dockerTasks, UserError } from '../../../tasks/index.js';
import { bed, type BedEngine } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { until } from '../../until.js';

const DOCKERFILE = `FROM busybox:latest AS made
RUN mkdir -p /app/dist/js && echo one > /app/dist/js/one.js && echo map > /app/dist/js/one.map && echo page > /app/dist/index.html \\
  && ln /app/dist/js/one.js /app/dist/same.js && ln -s index.html /app/dist/latest && ln -s /etc/passwd /app/dist/out \\
  && head -c 3000000 /dev/zero > /app/dist/large && chmod 751 /app/dist/js/one.js && touch -t 202001020304 /app/dist/js/one.js
FROM scratch AS wheels
LABEL of=files-${process.pid}
COPY --from=made /app/dist /wheels
FROM made
CMD true
`;

for (const name of cases(['podman-5', '20-overlay2', '28-containerd'] as const)) {
  describe(`files out of images, engine ${name}`, function () {
    this.timeout(600_000);
    let engine: BedEngine;
    let root: string;
    let tasks: DockerTasks;
    const image = () => `files-${process.pid}-app:filer`;

    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      root = join(mkdtempSync(join(tmpdir(), 'files-')), `files-${process.pid}`);
      mkdirSync(join(root, 'docker/app'), { recursive: true });
      writeFileSync(join(root, 'docker/app/Dockerfile'), DOCKERFILE);
      const env = { ...engine.env, PATH: process.env.PATH, LOGNAME: 'filer' };
      tasks = dockerTasks({ root, env, argv: ['--silent'] });
      await tasks.build('app')();
    });
    after(async () => {
      await engine?.docker.getImage(image()).remove({ force: true });
      rmSync(dirname(root), { recursive: true, force: true });
    });

    const written = async (files: Readable) => {
      const out = mkdtempSync(join(root, 'out-'));
      await pipeline(files, gulp.dest(out));
      return { out, names: readdirSync(out, { recursive: true, encoding: 'utf8' }).sort() };
    };
    const failure = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (error: unknown) => error,
      );
    const containers = async () =>
      (await engine.docker.listContainers({ all: true })).filter(({ Image }) => Image === image());

    it('come as gulp.src gives them, with their rights and times, those that are wanted and no others', async () => {
      const { out, names } = await written(tasks.files('app', ['/app/dist/**', '!/app/dist/**/*.map']));
      expect(names).to.eql(['index.html', 'js', 'js/one.js', 'large', 'latest', 'same.js']);
      expect(readFileSync(join(out, 'same.js'), 'utf8')).to.equal('one\n');
      expect(readlinkSync(join(out, 'latest'))).to.equal('index.html');
      const { mode, mtime } = lstatSync(join(out, 'js/one.js'));
      expect([mode & 0o777, mtime.getUTCFullYear()]).to.eql([0o751, 2020]);
      expect(await containers()).to.eql([]);
    });

    it('come as streams, and their container is gone also where the pipeline breaks off', async () => {
      const found: [string, number][] = [];
      for await (const file of tasks.files('app', ['/app/dist/large', '/app/dist/js/*'], { buffer: false })) {
        const { relative, contents } = file as Vinyl & { contents: Readable };
        found.push([relative, (await text(contents)).length]);
      }
      expect(found).to.have.deep.members([
        ['large', 3_000_000],
        ['one.js', 4],
        ['one.map', 4],
      ]);
      const beside = written(tasks.files('app', '/app/dist/**'));
      for await (const _ of tasks.files('app', '/app/dist/**', { buffer: false })) break;
      expect((await beside).names, 'what else comes out').to.include('index.html');
      await until('the container is gone', async () => (await containers()).length === 0);
    });

    it('are missed in a sentence', async () => {
      const missing = await failure(written(tasks.files('app', '/app/dist/*.css')));
      expect(missing)
        .to.be.instanceOf(UserError)
        .with.property('message')
        .that.contains('has no file /app/dist/*.css');
      expect((await written(tasks.files('app', '/nowhere/**', { allowEmpty: true }))).names).to.eql([]);
      const unknown = await failure(written(tasks.files('app', '/app/**', { tag: 'none' })));
      expect(unknown).to.be.instanceOf(UserError).with.property('code', 'NOT_BUILT');
      expect(() => tasks.files('app', 'dist/**')).to.throw('no absolute path');
      expect(() => tasks.files('app', '/dist/{a,b}')).to.throw('write one pattern for each');
      expect(() => tasks.files('ap', '/dist/**')).to.throw('did you mean "app"');
    });

    if (!name.startsWith('podman'))
      it('come out of a stage of which no image is stored', async () => {
        const { out, names } = await written(tasks.files('app', { target: 'wheels' }));
        const inside = ['index.html', 'js', 'js/one.js', 'js/one.map', 'large', 'latest', 'same.js'];
        expect(names).to.eql(['wheels', ...inside.map((path) => `wheels/${path}`)]);
        expect(readFileSync(join(out, 'wheels/same.js'), 'utf8')).to.equal('one\n');
        const { names: some } = await written(tasks.files('app', '/wheels/js/*.js', { target: 'wheels' }));
        expect(some).to.eql(['one.js']);
        const filters = { label: [`of=files-${process.pid}`] };
        expect(await engine.docker.listImages({ all: true, filters })).to.eql([]);
      });
  });
}
