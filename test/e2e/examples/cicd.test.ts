import { execFile } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bed, type BedRegistry } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { githubCommands, gitlabCommands, runCommands } from './ci-scripts.js';
import { type OpenExample, openExample } from './example.js';

const execute = promisify(execFile);

describe('examples/cicd', () => {
  let example: OpenExample;
  let registry: BedRegistry;
  before(async function () {
    example = await openExample(this, 'cicd', { engine: '28-overlay2', tag: 'v1.4.0' });
    registry = await bed.orSkip(this, () => bed.registry());
    example.env.DOCKER_REPOSITORY = `${registry.address}/team`;
  });
  after(async () => {
    if (registry) await removePublished();
    await example?.close();
    await registry?.stop();
  });

  /** `clean` removes what the project builds, and leaves the names that it was published under. */
  const removePublished = async () => {
    const { docker } = example.engine;
    const names = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
    for (const name of names) if (name.startsWith(registry.address)) await docker.getImage(name).remove();
  };
  const report = (name: string) => readFile(join(example.folder, 'reports', name), 'utf8');
  const publishedTags = async () => {
    const response = await fetch(`${registry.url}team/cicd-app/tags/list`);
    return response.ok ? ((await response.json()) as { tags: string[] }).tags : [];
  };

  it('publishes what has passed the checks, as the version that git has', async () => {
    const { status, stdout, stderr } = await example.gulp('release');
    expect(status, stdout + stderr).to.equal(0);
    expect(await publishedTags()).to.deep.equal(['1.4.0']);
  });

  it('has left the results on the host', async () => {
    expect(await report('junit.xml')).to.include('errors="0" failures="0" skipped="0" tests="3"');
    expect(await report('coverage.xml')).to.match(/<coverage [^>]*line-rate="0\.[89]/);
    expect(await report('flake8.txt')).to.equal('');
    expect(await report('version.txt')).to.equal('1.4.0\n');
  });

  it('publishes nothing when checks fail, of which each has left its results', async () => {
    await appendFile(join(example.folder, 'src/tally/__init__.py'), '\n\ntally = list\n');
    await appendFile(join(example.folder, 'tests/test_tally.py'), '\nimport os\n');
    const { status, stderr } = await example.gulp('release');
    expect(status).to.equal(1);
    expect(stderr).to.include('cicd ended with exit status 1.');
    expect(await report('flake8.txt')).to.match(/^\.\/tests\/test_tally\.py:\d+:1: F401 'os' imported/m);
    expect(await report('junit.xml')).to.match(/<testcase [^>]*name="test_counts_words[^>]*><failure/);
    expect(await publishedTags()).to.deep.equal(['1.4.0']);
  });

  it('publishes the next version once all is well again', async () => {
    await execute('git', ['checkout', '-q', 'HEAD', '--', 'src', 'tests'], { cwd: example.folder });
    await appendFile(join(example.folder, 'README.md'), '\nMore to read.\n');
    const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
    await execute('git', [...author, 'commit', '-qam', 'Change'], { cwd: example.folder });
    const { status, stdout, stderr } = await example.gulp('release');
    expect(status, stdout + stderr).to.equal(0);
    const tags = await publishedTags();
    expect(tags).to.have.length(2);
    expect(tags.filter((tag) => tag !== '1.4.0')[0]).to.match(/^1\.4\.0-1\.g[0-9a-f]{7,}$/);
  });

  it('has none of the tools in the image that is published', async () => {
    const { status, stderr } = await example.gulp('run:app', '--command', 'python -c "import pytest"');
    expect(status).to.equal(1);
    expect(stderr).to.include("No module named 'pytest'");
  });

  heavy(() => {
    it('does the commands of its workflow for GitHub Actions, with a summary, and a cache in the registry', async () => {
      const commands = await githubCommands(join(example.folder, '.github/workflows/cicd.yml'));
      expect(commands).to.have.length(4);
      const env = { ...process.env, ...example.env, GITHUB_ACTIONS: 'true' };
      const summary = await runCommands(commands, { cwd: example.folder, env });
      expect(summary).to.match(
        /build \| `cicd` \|[^]*publish \| `cicd-base:[^]*build \| `app`[^]*publish \| `cicd-app:/,
      );
      expect(await report('junit.xml')).to.include('failures="0"');
      const response = await fetch(`${registry.url}team/cicd-base/manifests/cache`, {
        headers: { Accept: 'application/vnd.docker.distribution.manifest.v2+json' },
      });
      expect(response.status).to.equal(200);
    });

    it('does the commands of its pipeline for GitLab', async () => {
      const { commands, variables } = await gitlabCommands(join(example.folder, '.gitlab-ci.yml'));
      const home = join(example.folder, '..', 'home');
      const env = {
        ...{ ...process.env, ...example.env, HOME: home },
        ...{ CI_REGISTRY: registry.address, CI_REGISTRY_USER: 'a', CI_REGISTRY_PASSWORD: 'b' },
        ...{ CI_COMMIT_BRANCH: 'main', CI_DEFAULT_BRANCH: 'main' },
        CACHE: variables.CACHE?.replaceAll('$CI_REGISTRY_IMAGE', `${registry.address}/team`),
      };
      await runCommands(commands, { cwd: example.folder, env });
      expect(await readFile(join(home, '.docker/config.json'), 'utf8')).to.include('"auth":"YTpi"');
      expect(await publishedTags()).to.have.length(2);
    });
  });
});
