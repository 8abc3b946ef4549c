import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { bed, type BedEngine, type BedRegistry } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { type Ended, gulp, project } from '../tasks/gulp.js';
import { type AwsStandIn, awsStandIn } from './aws-stand-in.js';
import { removeImages } from './workbench.js';

const LOGIN = { username: 'AWS', password: 'ecr-t0ken-0123456789' };
const AWS_SECRET = 'wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY';
const SESSION = 'FwoGZXIvYXdzEXAMPLETOKEN';

for (const name of cases(['20-overlay2', '28-containerd'] as const)) {
  describe(`publishing to Amazon ECR from ${name}`, function () {
    this.timeout(600_000);
    const folder = `ecr${process.pid}`;
    let engine: BedEngine;
    let registry: BedRegistry;
    let aws: AwsStandIn;
    let env: NodeJS.ProcessEnv;

    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
    });
    beforeEach(async () => {
      registry = await bed.registry({ auth: LOGIN });
      aws = await awsStandIn(`http://${registry.address}`, LOGIN);
      env = {
        ...engine.env,
        AWS_ENDPOINT_URL: aws.url,
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: AWS_SECRET,
        AWS_SESSION_TOKEN: SESSION,
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_CONFIG_FILE: '/nonexistent',
        AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
        AWS_EC2_METADATA_DISABLED: 'true',
        BUILD_NUMBER: '7',
        USER: 'tester',
        LOGNAME: 'tester',
      };
    });
    afterEach(async () => {
      await aws.close();
      await registry.stop();
      await removeImages(engine.docker, `${registry.address}/**`);
      await removeImages(engine.docker, `${folder}-app`);
    });

    async function publish(
      section: string,
      args: string[] = ['build:app', 'publish:app', '--series'],
    ): Promise<Ended> {
      const files = {
        'docker/app/Dockerfile': 'FROM busybox:latest\nCOPY package.json /\n',
        'docker/run.cfg': `[app]\n${section}\n`,
      };
      await using made = await project(files, folder);
      const ended = await gulp(made.folder, args, { env });
      const printed = ended.stdout + ended.stderr;
      for (const secret of [AWS_SECRET, SESSION, LOGIN.password, encoded(LOGIN)])
        expect(printed).not.to.include(secret);
      expect(printed).not.to.match(/^\s+at .*:\d+:\d+\)?$/m);
      return ended;
    }

    it('finds account, region and registry for image_repo=aws, makes the repository, and logs in by token', async () => {
      const { status, stderr } = await publish('image_repo=aws');
      expect(status, stderr).to.equal(0);
      expect(stderr).to.include(`published ${registry.address}/${folder}-app:7@sha256:`);
      expect(stderr).to.include(`made the repository ${folder}-app in Amazon ECR`);
      expect([...aws.repositories]).to.deep.equal([`${folder}-app`]);
      expect(aws.asked).to.include.members([
        'GetCallerIdentity',
        'GetAuthorizationToken',
        'DescribeRepositories',
      ]);
    });

    it('leaves a repository alone that is there; {account} and {region} in publication_tag', async () => {
      aws.repositories.add(`${aws.account}/eu-west-1/app`);
      const { status, stderr } = await publish(
        `publication_tag=${registry.address}/{account}/{region}/app:1`,
      );
      expect(status, stderr).to.equal(0);
      expect(stderr).to.include(`published ${registry.address}/${aws.account}/eu-west-1/app:1@sha256:`);
      expect(aws.asked).not.to.include('CreateRepository');
    });

    it('takes the region of the shared configuration', async () => {
      const config = await mkdtemp(join(tmpdir(), 'publish-aws-'));
      await writeFile(join(config, 'config'), '[default]\nregion = ap-southeast-2\n');
      delete env.AWS_DEFAULT_REGION;
      env.AWS_CONFIG_FILE = join(config, 'config');
      const { status, stderr } = await publish(`publication_tag=${registry.address}/{region}/app:1`);
      await rm(config, { recursive: true });
      expect(status, stderr).to.equal(0);
      expect(stderr).to.include(`published ${registry.address}/ap-southeast-2/app:1@sha256:`);
    });

    it('asks nobody in a dry run, and says what it can', async () => {
      const { status, stdout } = await publish('image_repo=aws', ['publish:app', '--dry-run', '--silent']);
      expect(status).to.equal(0);
      const target = `account.dkr.ecr.eu-west-1.amazonaws.com/${folder}-app:7`;
      expect(stdout).to.equal(`docker tag ${folder}-app:tester ${target}\ndocker push ${target}\n`);
      env.AWS_ACCOUNT_ID = '111122223333';
      const known = await publish('image_repo=aws', ['publish:app', '--dry-run', '--silent']);
      expect(known.stdout).to.include('docker push 111122223333.dkr.ecr.eu-west-1.amazonaws.com/');
      expect(aws.asked).to.deep.equal([]);
    });

    async function fails(section = 'image_repo=aws'): Promise<string> {
      const { status, stdout, stderr } = await publish(section);
      expect(status).not.to.equal(0);
      return stdout + stderr;
    }

    it('says in one sentence that there is no region', async () => {
      delete env.AWS_DEFAULT_REGION;
      expect(await fails()).to.include('set AWS_REGION');
    });

    it('says in one sentence that there are no credentials', async () => {
      for (const variable of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
        delete env[variable];
      expect(await fails()).to.include('There are no AWS credentials');
    });

    it('tells a refusal in AWS’s own words, without what it was signed with', async () => {
      aws.refuse('GetCallerIdentity', {
        name: 'SignatureDoesNotMatch',
        message: `The request signature does not match.\n\nThe Canonical String was x-amz-security-token:${SESSION}`,
      });
      expect(await fails()).to.include(
        'AWS did not agree (SignatureDoesNotMatch): The request signature does not match.',
      );
    });

    it('says who may not make a repository', async () => {
      aws.refuse('CreateRepository', {
        name: 'AccessDeniedException',
        message: 'User ci is not authorized to perform ecr:CreateRepository',
      });
      expect(await fails()).to.include('not authorized to perform ecr:CreateRepository');
    });

    it('gives an AWS up that does not answer', async () => {
      await aws.close();
      expect(await fails()).to.match(/AWS did not agree.*ECONNREFUSED/);
    });
  });
}

describe('publishing to Amazon ECR without the AWS SDK', () => {
  it('is one sentence that says what to install', async function () {
    this.timeout(600_000);
    const repository = fileURLToPath(new URL('../../..', import.meta.url));
    await using made = await project({
      'docker/app/Dockerfile': 'FROM scratch\n',
      'docker/run.cfg': '[app]\nimage_repo=aws\n',
    });
    const modules = join(made.folder, 'node_modules');
    await rm(join(modules, 'gulp-dockerutils'));
    await rm(join(modules, 'gulp'));
    for (const entry of await readdir(join(repository, 'node_modules')))
      if (entry !== '@aws-sdk') await symlink(join(repository, 'node_modules', entry), join(modules, entry));
    const installed = join(modules, 'gulp-dockerutils');
    await mkdir(installed);
    for (const entry of ['dist', 'package.json'])
      await cp(join(repository, entry), join(installed, entry), { recursive: true });
    const { status, stdout, stderr } = await gulp(made.folder, ['publish:app']);
    expect(status).not.to.equal(0);
    expect(stdout + stderr).to.include('npm install --save-dev @aws-sdk/client-ecr @aws-sdk/client-sts');
    expect(stdout + stderr).not.to.match(/^\s+at /m);
  });
});

const encoded = ({ username, password }: typeof LOGIN) =>
  Buffer.from(`${username}:${password}`).toString('base64');
