import fs from 'node:fs';
import { expect } from 'chai';
import { onEngines, rejection } from './workshop.js';

/** Built on this machine's platform for each of the others. */
const DOCKERFILE =
  'FROM --platform=$BUILDPLATFORM busybox:latest AS builder\nARG TARGETPLATFORM\nRUN echo $TARGETPLATFORM > /made\n' +
  'FROM scratch\nCOPY --from=builder /made /\n';
const RUN_CFG = '[app]\nbuild_args = --platform linux/amd64,linux/arm64\n';

onEngines(['26-containerd', '28-containerd'], 'an image for several platforms', (workshop) => {
  it('holds what was built for each, and so does its builder stage', async () => {
    const here = workshop();
    here.write({ 'docker/app/Dockerfile': DOCKERFILE, 'docker/run.cfg': RUN_CFG });
    const { reference, digest, cached } = await here.build('app');
    expect(digest).to.match(/^sha256:/);
    for (const platform of ['linux/amd64', 'linux/arm64']) {
      const content = await here.content(reference, '/made', platform);
      expect(content.get('made')?.content.toString()).to.equal(`${platform}\n`);
      const builder = reference.replace('app:', 'app-builder:');
      expect([...(await here.content(builder, '/made', platform)).keys()]).to.deep.equal(['made']);
    }
    // The builder stage was built before, and maybe by an earlier run of this test all the rest, too.
    expect(cached.of).to.equal(4);
    expect(cached.steps).to.be.at.least(2);
  });
});

onEngines(['28-containerd'], 'a platform that this machine cannot run', (workshop) => {
  it('is told by one sentence that says what to do', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile': 'FROM scratch\nCOPY program /\nRUN ["/program"]\n',
      program: Buffer.from([0x7f, 0x45, 0x4c, 0x46]),
      'docker/run.cfg': '[app]\nbuild_args = --platform linux/s390x\n',
    });
    fs.chmodSync(here.path('program'), 0o755);
    const error = await rejection(here.build('app'));
    expect(error).to.include({ code: 'BUILD_FAILED' });
    expect(error.message).to.contain('docker/app/Dockerfile:3').and.to.contain('qemu');
  });
});

onEngines(['20-overlay2', '28-overlay2'], 'an image for several platforms', (workshop) => {
  it('is refused where the store holds one of them alone, before anything is sent', async () => {
    const here = workshop();
    here.write({ 'docker/app/Dockerfile': DOCKERFILE, 'docker/run.cfg': RUN_CFG });
    const error = await rejection(here.build('app'));
    expect(error).to.include({ code: 'NEEDS_CONTAINERD_STORE' });
    expect(error.message).to.match(/linux\/amd64 and linux\/arm64.*one platform at a time/);
    expect(await rejection(here.build('app', {}, { engine: here.classic() }))).to.include({
      code: 'NEEDS_BUILDKIT',
    });
  });

  it('is built for one that is not its own', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile': DOCKERFILE,
      'docker/run.cfg': '[app]\nbuild_args = --platform linux/arm64\n',
    });
    const { reference } = await here.build('app');
    expect(await here.docker.getImage(reference).inspect()).to.include({ Architecture: 'arm64' });
    expect((await here.content(reference, '/made')).get('made')?.content.toString()).to.equal(
      'linux/arm64\n',
    );
  });
});
