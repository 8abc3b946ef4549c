import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed } from '../../bed/index.js';
import { type OpenExample, openExample } from './example.js';

describe('examples/version', () => {
  let example: OpenExample;
  before(async function () {
    this.timeout(600_000);
    await bed.orSkip(this, () => bed.versioneer());
    example = await openExample(this, 'version', { engine: '20-overlay2', tag: 'v2.3.0' });
  });
  after(() => example?.close());

  const onHost = (program: string, ...args: string[]) =>
    execFileSync(program, args, {
      cwd: example.folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: 'src', PYTHONDONTWRITEBYTECODE: '1' },
    });
  const git = (...args: string[]) =>
    onHost('git', '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args);
  /** What versioneer's file in the sources answers, which asks git. */
  const versionOnHost = () => onHost('python3', '-m', 'barometer', '--version');
  const versionInImage = async () => {
    const { status, stdout, stderr } = await example.gulp('demo', '--silent');
    expect(status, stderr).to.equal(0);
    return stdout;
  };

  it('has the version of a tag', async () => {
    expect(await versionInImage()).to.equal('barometer 2.3.0\n');
    expect(versionOnHost()).to.equal('barometer 2.3.0\n');
  });

  it('has the version that versioneer gives for sources that have changed', async () => {
    appendFileSync(join(example.folder, 'src/barometer/__init__.py'), '\n# changed\n');
    const version = await versionInImage();
    expect(version).to.match(/^barometer 2\.3\.0\+0\.g[0-9a-f]+\.dirty\n$/);
    expect(version).to.equal(versionOnHost());
  });

  it('has the version that versioneer gives for a commit behind the tag', async () => {
    git('commit', '-qam', 'Change');
    const version = await versionInImage();
    expect(version).to.match(/^barometer 2\.3\.0\+1\.g[0-9a-f]+\n$/);
    expect(version).to.equal(versionOnHost());
  });

  it('has it as the label of the image, with the commit', async () => {
    const images = await example.engine.docker.listImages();
    const labels = images.find(({ RepoTags }) => RepoTags?.[0]?.startsWith('version-app:'))?.Labels;
    expect(labels).to.include({
      'org.opencontainers.image.version': versionOnHost().trim().replace('barometer ', ''),
      'org.opencontainers.image.revision': git('rev-parse', 'HEAD').trim(),
    });
  });

  it('has all of the project in the image, but not the history', async () => {
    const { stdout } = await example.gulp('run:app', '--silent', '--command', 'ls -A /app');
    const inImage = stdout.trim().split('\n');
    expect(inImage).to.include.members(['_version.py.bld', 'docker', 'pyproject.toml', 'src']);
    expect(inImage).not.to.include('.git');
    expect(readdirSync(example.folder)).to.include('.git');
  });
});
