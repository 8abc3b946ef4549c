import { expect } from 'chai';
import { carryOutClean, planClean } from '../../../lib/build/clean.js';
import { onEngines, rejection } from './workshop.js';

onEngines(['20-overlay2', '28-overlay2', '28-containerd'], 'clean', (workshop) => {
  it('removes images and their builder stages, and minds no missing one', async () => {
    const here = workshop();
    here.write({
      'docker/app/Dockerfile': 'FROM busybox:latest AS builder\nRUN true\nFROM builder\n',
      'docker/other/Dockerfile': 'FROM scratch\n',
    });
    const { reference } = await here.build('app');
    const builder = reference.replace('app:', 'app-builder:');
    const plan = planClean([here.image('app'), here.image('other')]);
    expect(await carryOutClean(plan, here.means())).to.deep.equal([reference, builder]);
    expect(await carryOutClean(plan, here.means())).to.deep.equal([]);
  });

  it('tells of an image that a container needs, and removes the others', async () => {
    const here = workshop();
    here.write({
      'docker/held/Dockerfile': 'FROM busybox:latest\nRUN touch /held\n',
      'docker/other/Dockerfile': 'FROM busybox:latest\nRUN touch /other\n',
    });
    const held = await here.build('held');
    const other = await here.build('other');
    const container = await here.docker.createContainer({ Image: held.reference, Cmd: ['true'] });
    try {
      const error = await rejection(
        carryOutClean(planClean([here.image('held'), here.image('other')]), here.means()),
      );
      expect(error).to.include({ code: 'IMAGE_IN_USE' });
      expect(error.message).to.contain(held.reference).and.not.to.contain(other.reference);
      expect(await rejection(here.docker.getImage(other.reference).inspect())).to.include({
        statusCode: 404,
      });
    } finally {
      await container.remove();
    }
  });
});
