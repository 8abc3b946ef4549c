import { expect } from 'chai';
import { onEngines, rejection } from './workshop.js';

onEngines(['28-overlay2', '28-containerd'], 'named contexts', (workshop) => {
  it('are images of the project, folders, and what the user lets a name stand for', async () => {
    const here = workshop();
    here.write({
      'docker/base/Dockerfile': 'FROM busybox:latest\nRUN echo base > /base\n',
      'docker/app/Dockerfile':
        'FROM base\nCOPY --from=more . /more/\nCOPY --from=tools /bin/true /true\nRUN --mount=from=base,target=/b cat /b/base\n',
      'docker/run.cfg':
        '[app]\nbuild_args = --build-context more=else where --build-context tools=docker-image://busybox:latest\n'.replace(
          'else where',
          '"else where"',
        ),
      'else where/taken': 'taken',
      'else where/left out': 'x',
      'else where/.dockerignore': 'left*\n',
    });
    const base = await here.build('base');
    const built = await here.build('app', { contexts: { base: `docker-image://${base.reference}` } });
    const content = await here.content(built.reference);
    expect(content.get('base')?.content.toString()).to.equal('base\n');
    expect(content.get('more/taken')?.content.toString()).to.equal('taken');
    expect(content.has('true')).to.equal(true);
    expect([...content.keys()]).not.to.include('more/left out');
  });

  it('are a folder that must be there', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile': 'FROM scratch\nCOPY --from=more . /\n',
      'docker/run.cfg': '[app]\nbuild_args = --build-context more=none\n',
    });
    const error = await rejection(here.build('app'));
    expect(error).to.include({ code: 'NO_CONTEXT' });
    expect(error.message).to.match(/--build-context more: .*none is no folder/);
  });
});

onEngines(['podman-4', 'podman-5.4', 'podman-5'], 'named contexts', (workshop) => {
  it('are images of the project', async () => {
    const here = workshop();
    here.write({
      'docker/base/Dockerfile': 'FROM busybox:latest\nRUN echo base > /base\n',
      'docker/app/Dockerfile': 'FROM base\nCOPY --from=tools /bin/true /true\n',
      'docker/run.cfg': '[app]\nbuild_args = --build-context tools=docker-image://busybox:latest\n',
    });
    const base = await here.build('base');
    const built = await here.build('app', { contexts: { base: `docker-image://${base.reference}` } });
    const content = await here.content(built.reference);
    expect(content.get('base')?.content.toString()).to.equal('base\n');
    expect(content.has('true')).to.equal(true);
  });

  it('are no folders', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile': 'FROM scratch\nCOPY --from=more . /\n',
      'docker/run.cfg': '[app]\nbuild_args = --build-context more=docker\n',
    });
    const error = await rejection(here.build('app'));
    expect(error).to.include({ code: 'NEEDS_BUILDKIT' });
    expect(error.message).to.contain('podman lets only images have one');
  });
});

onEngines(['20-overlay2'], 'named contexts', (workshop) => {
  it('are refused where the engine does not know them', async () => {
    const here = workshop();
    here.write({ 'docker/app/Dockerfile': 'FROM base\n' });
    const error = await rejection(here.build('app', { contexts: { base: 'docker-image://some-base:ada' } }));
    expect(error).to.include({ code: 'NEEDS_NEWER_ENGINE' });
    expect(error.message).to.contain('ARG BASE_IMAGE and FROM ${BASE_IMAGE}');
  });
});
