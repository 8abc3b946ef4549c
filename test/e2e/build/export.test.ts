import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { extract } from 'tar-stream';
import { carryOutExport } from '../../../lib/build/index.js';
import { bed } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { onEngines, rejection, type Workshop } from './workshop.js';

/** A stage of wheels, and one with all that a folder can have. */
const DOCKERFILE = `FROM busybox:latest AS builder
RUN mkdir -p /out/deep/empty && echo text > /out/deep/file && chmod 4751 /out/deep/file && ln /out/deep/file /out/same \\
  && ln -s deep/file /out/link && ln -s /etc/passwd /out/absolute && chmod 500 /out/deep/empty && head -c 5000000 /dev/zero > /out/large \\
  && touch -t 202001020304 /out/deep/file
FROM scratch
COPY --from=builder /out /
COPY made /from-here
`;

onEngines(
  cases(['20-overlay2', '28-overlay2', '28-containerd'] as const),
  'what is built for this machine',
  (workshop) => {
    const run = promisify(execFile);

    function project(flags: string): Workshop {
      const here = workshop();
      here.write({
        'docker/app/Dockerfile': DOCKERFILE,
        'docker/run.cfg': `[app]\nbuild_args=${flags}\n`,
        '.dockerignore': 'out\ntheirs\n*.tar\n',
        made: 'here',
      });
      return here;
    }

    const exported = (here: Workshop) => carryOutExport(here.plan('app'), here.means());

    async function docker(here: Workshop, ...flags: string[]): Promise<void> {
      const env = { ...process.env, DOCKER_HOST: here.engine.address.url };
      const argv = ['build', '-f', 'docker/app/Dockerfile', '--provenance=false', ...flags, '.'];
      await run(await bed.dockerCli(), argv, { cwd: here.root, env });
    }

    /** All that is known of a tree, times to the second, which is what an archive has. */
    function listing(folder: string): unknown[] {
      const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
      return names.map((name) => {
        const path = `${folder}/${name}`;
        const { mode, nlink, size, mtime } = fs.lstatSync(path);
        const isLink = fs.lstatSync(path).isSymbolicLink();
        const content = isLink ? fs.readlinkSync(path) : size;
        const isFile = fs.lstatSync(path).isFile();
        // Nothing here gets the right to run as somebody else.
        return [
          name,
          (mode & 0o170777).toString(8),
          isFile && [nlink, Math.round(+mtime / 1000)],
          isFile || isLink ? content : '',
        ];
      });
    }

    async function namesIn(archive: string): Promise<string[]> {
      const names: string[] = [];
      for await (const entry of fs.createReadStream(archive).pipe(extract())) {
        names.push(entry.header.name);
        entry.resume();
      }
      return names.sort();
    }

    it('is the folder and the archive that docker build -o writes, and the engine keeps no image of it', async () => {
      const here = project('-o out');
      fs.mkdirSync(here.path('out/deep'), { recursive: true });
      fs.writeFileSync(here.path('out/deep/older'), 'stays');
      const { path, files, bytes } = await exported(here);
      expect([path, files, bytes > 5_000_000]).to.eql([here.path('out'), 4 - 1, true]);
      expect(fs.readFileSync(here.path('out/deep/older'), 'utf8')).to.equal('stays');
      fs.rmSync(here.path('out/deep/older'));
      await docker(here, '--output', 'theirs');
      expect(listing(here.path('out'))).to.eql(listing(here.path('theirs')));
      expect(fs.readFileSync(here.path('out/same'), 'utf8')).to.equal('text\n');

      here.write({ 'docker/run.cfg': '[app]\nbuild_args=--output type=tar,dest=new/out.tar\n' });
      await exported(here);
      await docker(here, '-o', 'type=tar,dest=theirs.tar');
      expect(await namesIn(here.path('new/out.tar'))).to.eql(await namesIn(here.path('theirs.tar')));
      const images = await here.docker.listImages({ filters: { reference: [`*:${here.tag}`] } });
      expect(
        images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.includes('builder')),
      ).to.eql([]);
    });

    it('fails in a sentence where it cannot be written, and leaves an older archive as it was', async () => {
      const here = project('-o out');
      fs.mkdirSync(here.path('out/large'), { recursive: true });
      const { message, code } = await rejection(exported(here));
      expect([code, message]).to.eql([
        'OUTPUT_WRITE',
        'out cannot take "large", where something of another kind is already: remove that.',
      ]);

      here.write({
        'docker/app/Dockerfile': `${DOCKERFILE}COPY --from=builder /none /\n`,
        'docker/run.cfg': '[app]\nbuild_args=--output type=tar,dest=kept.tar\n',
        'kept.tar': 'older',
      });
      await rejection(exported(here));
      expect(fs.readFileSync(here.path('kept.tar'), 'utf8')).to.equal('older');
      expect(fs.readdirSync(here.root).filter((name) => name.endsWith('.part'))).to.eql([]);
    });
  },
);
