import { expect } from 'chai';
import { labelledImages, swarmImage, swarmImageOf } from '../../../lib/swarm/image.js';

describe('an image on the nodes of a swarm', () => {
  it('has a name for each content, and is known again by it', () => {
    const one = swarmImage('shop-web', { likeness: 'one' });
    const two = swarmImage('shop-web', { likeness: 'two' });
    expect(one.reference)
      .to.match(/^127\.0\.0\.1:1\/shop-web:[0-9a-f]{16}$/)
      .and.not.equal(two.reference);
    expect(swarmImageOf(one.reference)).to.deep.equal(one);
    expect(
      labelledImages({ [one.label]: one.name, disk: 'ssd', 'gulp-dockerutils.spec': 'x' }),
    ).to.deep.equal([one]);
    expect(swarmImageOf('shop-web:me')).to.equal(undefined);
  });

  it('leaves out the registry that it has elsewhere', () => {
    expect(swarmImage('r.example.com:5000/team/web', { likeness: '' }).name).to.equal('team/web');
    expect(swarmImage('postgres', { likeness: '' }).name).to.equal('postgres');
  });
});
