import { expect } from 'chai';
import { asReference } from '../../../lib/oci/reference.js';
import { needsAws, planPublish, type PublishRequest } from '../../../lib/publish/plan.js';
import { UserError } from '../../../lib/text/user-error.js';
import { imageNamed } from '../../e2e/publish/workbench.js';

const origin = { file: 'docker/run.cfg', line: 7 };
const words = (...texts: string[]) => texts.map((text) => ({ text, origin }));

describe('planPublish', () => {
  const image = imageNamed('shop-app');
  const references = (request: Partial<PublishRequest>) =>
    planPublish({ image, env: {}, ...request }).destinations.map(({ reference }) => reference);

  describe('where to', () => {
    const publicationTags = words('tags.example.com/app:1');
    const imageRepo = { text: 'repo.example.com/team', origin };
    const env = { DOCKER_REPOSITORY: 'env.example.com' };
    const to = 'to.example.com/app:1';

    it('is --to before publication_tag before image_repo before DOCKER_REPOSITORY', () => {
      const all = { ...image, publicationTags, imageRepo };
      expect(references({ to, image: all, env })).to.deep.equal(['to.example.com/app:1']);
      expect(references({ image: all, env })).to.deep.equal(['tags.example.com/app:1']);
      expect(references({ image: { ...image, imageRepo }, env })).to.deep.equal([
        'repo.example.com/team/shop-app:made',
      ]);
      expect(references({ env })).to.deep.equal(['env.example.com/shop-app:made']);
    });
    it('takes a slash at the end of a registry for none', () => {
      expect(references({ env: { DOCKER_REPOSITORY: 'env.example.com/team//' } })).to.deep.equal([
        'env.example.com/team/shop-app:made',
      ]);
    });
    it('is an error that names all four where there is none of them', () => {
      expect(() => references({ env: { DOCKER_REPOSITORY: '' } }))
        .to.throw(UserError)
        .with.property('message')
        .that.includes('--to')
        .and.includes('publication_tag')
        .and.includes('image_repo')
        .and.includes('DOCKER_REPOSITORY');
    });
    it('is refused with its place where no registry can hold it', () => {
      const bad = { ...image, publicationTags: words('r.example.com/App') };
      expect(() => references({ image: bad })).to.throw(UserError, /^docker\/run.cfg:7: .*capital/);
      const imageRepo = { text: 'https://r.example.com', origin };
      expect(() => references({ image: { ...image, imageRepo } })).to.throw(
        UserError,
        /^docker\/run.cfg:7: .*no image name/,
      );
      const env = { DOCKER_REPOSITORY: 'R.example.com/Team' };
      expect(() => references({ env })).to.throw(UserError, /^DOCKER_REPOSITORY: .*capital/);
    });
  });

  describe('the tag', () => {
    const to = 'r.example.com/app';
    const version = '1.2.0+3.gabc';

    it('is --tag before that of the reference before BUILD_NUMBER before the version before that of the image', () => {
      const env = { BUILD_NUMBER: '77' };
      expect(references({ to: `${to}:own`, tags: ['flag'], env, version })).to.deep.equal([`${to}:flag`]);
      expect(references({ to: `${to}:own`, env, version })).to.deep.equal([`${to}:own`]);
      expect(references({ to, env, version })).to.deep.equal([`${to}:77`]);
      expect(references({ to, version })).to.deep.equal([`${to}:1.2.0-3.gabc`]);
      expect(references({ to })).to.deep.equal([`${to}:made`]);
      expect(references({ to, env: { BUILD_NUMBER: '' } })).to.deep.equal([`${to}:made`]);
    });
    it('may be several, each of which counts once', () => {
      expect(references({ to, tags: ['1', '1.2', '1'] })).to.deep.equal([`${to}:1`, `${to}:1.2`]);
    });
    it('is refused where BUILD_NUMBER is no tag', () => {
      expect(() => references({ to, env: { BUILD_NUMBER: '#7' } })).to.throw(
        UserError,
        /"#7" is no image tag/,
      );
    });
  });

  describe('publication_tag', () => {
    const publicationTags = words(
      'a.example.com/app:{version}',
      'b.example.com/x/app',
      'a.example.com/app:latest',
    );
    const several = { ...image, publicationTags };

    it('may name several places, with {version}', () => {
      expect(references({ image: several, version: '1.0+dirty' })).to.deep.equal([
        'a.example.com/app:1.0-dirty',
        'b.example.com/x/app:1.0-dirty',
        'a.example.com/app:latest',
      ]);
    });
    it('may name several places, beside several --tag', () => {
      expect(references({ image: several, version: '1', tags: ['x', 'y'] })).to.deep.equal([
        'a.example.com/app:x',
        'a.example.com/app:y',
        'b.example.com/x/app:x',
        'b.example.com/x/app:y',
      ]);
    });
    it('with {version} is an error, with its place, in a project without one', () => {
      expect(() => references({ image: several })).to.throw(
        UserError,
        /^docker\/run.cfg:7: .*\{version\}.*no version/,
      );
    });
  });

  describe('Amazon ECR', () => {
    const aws = {
      account: '123456789012',
      region: 'eu-west-1',
      registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    };
    const byRepo = { ...image, imageRepo: { text: 'aws', origin } };
    const byTag = { ...image, publicationTags: words('{account}.dkr.ecr.{region}.amazonaws.com/app:1') };

    it('is meant by image_repo=aws', () => {
      expect(references({ image: byRepo, aws })).to.deep.equal([`${aws.registry}/shop-app:made`]);
    });
    it('is meant by {account} and {region}', () => {
      expect(references({ image: byTag, aws })).to.deep.equal([`${aws.registry}/app:1`]);
    });
    it('is asked for only where it is needed', () => {
      expect(needsAws({ image: byRepo })).to.equal(true);
      expect(needsAws({ image: byTag })).to.equal(true);
      expect(needsAws({ image: byRepo, to: 'r.example.com/app' })).to.equal(false);
      expect(needsAws({ image: { ...byRepo, publicationTags: words('r.example.com/app') } })).to.equal(false);
      expect(needsAws({ image })).to.equal(false);
    });
  });

  describe('the docker commands', () => {
    it('tag and push each destination', () => {
      expect(
        planPublish({ image, env: {}, to: 'r.example.com/app', tags: ['1', '2'] }).commands,
      ).to.deep.equal([
        'docker tag shop-app:made r.example.com/app:1',
        'docker push r.example.com/app:1',
        'docker tag shop-app:made r.example.com/app:2',
        'docker push r.example.com/app:2',
      ]);
    });
    it('do not tag an image with its own name', () => {
      const own = {
        ...image,
        repository: 'r.example.com/app',
        reference: asReference('r.example.com/app:made'),
      };
      expect(planPublish({ image: own, env: {}, to: 'r.example.com/app' }).commands).to.deep.equal([
        'docker push r.example.com/app:made',
      ]);
    });
  });
});
