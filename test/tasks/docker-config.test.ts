import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { brokenEngine, CONTAINER_ID, saying } from '../broken-engine.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { runBin } from './run-bin.js';

const FAULT = /config\.json does not hold a JSON object \(line 2\): mend it, or set it aside\./g;

describe('a broken docker configuration', function () {
  this.timeout(600_000);
  let root: string;
  let kept: string | undefined;
  before(() => {
    root = makeProject({ 'docker/dev/Dockerfile': 'FROM scratch\n' });
    writeFileSync(join(root, 'config.json'), '{"auths": {},\n}');
  });
  before(() => {
    kept = process.env.DOCKER_CONFIG;
    process.env.DOCKER_CONFIG = root;
  });
  after(() => {
    if (kept === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = kept;
    removeProjects();
  });

  for (const words of ['build-image --dry-run dev', 'run-image --dry-run dev'])
    it(`is told of once, and stops nothing: ${words}`, async () => {
      const ended = await runBin(words.split(' '), root, 'unix:///nowhere.sock');
      expect(ended.output.match(FAULT)).to.have.length(1);
      expect(ended.output).to.match(/This goes on without it\./);
      expect(ended.status, ended.output).to.equal(0);
    });

  it('stops what wants a credential of it', async () => {
    await using engine = await brokenEngine({
      'GET /images/': saying({ Id: `sha256:${CONTAINER_ID}`, Size: 1, Os: 'linux', Architecture: 'amd64' }),
    });
    const words = ['publish-image', '--to', 'r.example.com/x', 'dev'];
    const ended = await runBin(words, root, engine.url);
    expect(ended.output.trimEnd()).to.match(new RegExp(`${FAULT.source}$`));
    expect(ended.status).to.equal(1);
  });

  it('of which one entry is broken stops only what wants this entry, and says file and entry once', async () => {
    const file = join(root, 'config.json');
    writeFileSync(file, '{"auths": {"bad.example.com": {"auth": "!!!"}}, "proxies": {"default": 5}}');
    const entry = `The credentials for bad.example.com in ${file} cannot be used`;
    const built = await runBin(['build-image', '--dry-run', 'dev'], root, 'unix:///nowhere.sock');
    expect(built.status, built.output).to.equal(0);
    expect(built.output.split(entry)).to.have.length(2);
    expect(built.output).to.match(/\(proxies\.default is not an object\)/);

    await using engine = await brokenEngine({
      'GET /images/': saying({ Id: `sha256:${CONTAINER_ID}`, Size: 1, Os: 'linux', Architecture: 'amd64' }),
      'POST /images/': saying({}),
    });
    const publish = (to: string) => runBin(['publish-image', '--to', `${to}/x`, 'dev'], root, engine.url);
    const wanted = await publish('bad.example.com');
    expect(wanted.output.trimEnd()).to.match(/docker login bad\.example\.com\.$/);
    expect(wanted.status).to.equal(1);
    // This engine pushes nothing, of which the failure tells.
    const other = await publish('good.example.com');
    expect(other.output.split('docker login')).to.have.length(2);
  });
});
