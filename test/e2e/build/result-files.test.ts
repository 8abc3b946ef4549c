import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bed } from '../../bed/index.js';
import { onEngines, rejection } from './workshop.js';

/** Names the one build, and no other. */
const REF = /(?<="buildx\.build\.ref": "default\/default\/)[a-z0-9-]+/;

onEngines(
  ['20-overlay2', '26-containerd', '28-containerd', '28-overlay2'],
  'files that tell of an image',
  (workshop) => {
    it('hold what docker buildx writes, and an old ID does not outlive a build that fails', async () => {
      const here = workshop();
      const dockerfile = 'FROM busybox:latest\nCOPY made /\n';
      here.write({
        'docker/app/Dockerfile': dockerfile,
        'docker/run.cfg':
          '[app]\nbuild_args = --iidfile id --metadata-file told.json -t second:%(tag)s\ntag = files\n',
        made: 'here',
      });
      const { reference } = await here.build('app');
      const argv = ['buildx', 'build', '-t', reference, '-t', 'second:files', '-f', 'docker/app/Dockerfile'];
      const flags = ['--provenance=false', '--iidfile', 'their-id', '--metadata-file', 'theirs.json'];
      const env = { ...process.env, DOCKER_HOST: here.engine.address.url };
      await promisify(execFile)(await bed.dockerCli(), [...argv, ...flags, '.'], { cwd: here.root, env });

      const read = (name: string) => fs.readFileSync(here.path(name), 'utf8');
      expect(read('id')).to.equal(read('their-id'));
      const told = read('told.json');
      expect(told.replace(REF, '')).to.equal(read('theirs.json').replace(REF, ''));
      expect(told).to.match(REF);
      const keys = Object.keys(JSON.parse(told) as object);
      expect(keys).to.include.members(['buildx.build.ref', 'containerimage.digest']);
      // Engines before 23 keep no records.
      const { version } = await here.engine.facts();
      if (!version.startsWith('20.')) expect(keys).to.include('buildx.build.provenance');

      here.write({ 'docker/app/Dockerfile': `${dockerfile}RUN false\n` });
      await rejection(here.build('app'));
      expect(fs.existsSync(here.path('id'))).to.equal(false);
      for (const name of [reference, 'second:files'])
        await here.docker.getImage(name).remove({ force: true });
    });
  },
);
