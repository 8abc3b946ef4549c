import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { planClean } from '../../../lib/build/clean.js';
import { type BuildRequest, planBuild, readRecipe } from '../../../lib/build/index.js';
import { describeImage, loadProject } from '../../../lib/project/index.js';
import { UserError } from '../../../lib/text/user-error.js';
import { printed } from '../../platform.js';

describe('plan of a build', () => {
  let root: string;
  beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), 'plan-'))));
  afterEach(() => fs.rmSync(root, { recursive: true }));

  const image = (name = 'app') =>
    describeImage(loadProject({ root, project: 'shop' }), name, { remote: false, tag: 'ada' });
  const plan = (files: Record<string, string>, request: Partial<BuildRequest> = {}, name = 'app') => {
    for (const [file, content] of Object.entries({ 'docker/app/Dockerfile': 'FROM scratch\n', ...files })) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), content);
    }
    const project = loadProject({ root, project: 'shop' });
    return planBuild({ project, recipe: readRecipe(project, image(name), { env: {} }), ...request });
  };

  it('is one request, and the line that does the same', () => {
    const { steps, commandLines, secrets, agents } = plan({}, { cliFlags: ['-H', 'tcp://far:2376'] });
    expect(steps.map(({ reference, flags }) => [reference, flags.tags])).to.deep.equal([
      ['shop-app:ada', []],
    ]);
    expect(commandLines).to.deep.equal([
      `docker -H tcp://far:2376 build -f ${path.join(root, 'docker/app/Dockerfile')} -t shop-app:ada ${root}`,
    ]);
    expect([secrets.size, agents.size]).to.deep.equal([0, 0]);
  });

  it('lets the flags of build_args win over what the project supplies', () => {
    const request = {
      labels: { version: '1', by: 'project' },
      buildArgs: { BASE_IMAGE: 'shop-base:ada', WHO: 'project' },
      contexts: { base: 'docker-image://shop-base:ada', more: 'docker-image://shop-more:ada' },
      options: { noCache: true },
    };
    const flags =
      '--build-context more=docker-image://mine --label by=me --build-arg WHO=me --platform linux/amd64 -q -t shop/extra:1';
    const { steps, commandLines } = plan({ 'docker/run.cfg': `[app]\nbuild_args = ${flags}\n` }, request);
    expect(steps[0]!.reference).to.equal('shop-app:ada');
    expect(steps[0]!.flags).to.deep.include({
      tags: ['shop/extra:1'],
      noCache: true,
      quiet: false,
      platforms: ['linux/amd64'],
      labels: { version: '1', by: 'me' },
      buildArgs: { BASE_IMAGE: 'shop-base:ada', WHO: 'me' },
      contexts: { base: 'docker-image://shop-base:ada', more: 'docker-image://mine' },
    });
    expect(commandLines[0]).to.contain(`--build-context more=docker-image://shop-more:ada ${flags} ${root}`);
  });

  it('keeps secrets as references', () => {
    const flags = '--secret id=a,src=keys/a --secret id=b,env=B --ssh default --build-arg TOKEN=t0p';
    const { secrets, agents, commandLines } = plan({ 'docker/run.cfg': `[app]\nbuild_args = ${flags}\n` });
    expect([...secrets]).to.deep.equal([
      ['a', { file: path.join(root, 'keys/a') }],
      ['b', { env: 'B' }],
    ]);
    expect([...agents]).to.deep.equal([['default', []]]);
    expect(commandLines.join('\n')).not.to.contain('t0p');
  });

  it('builds a stage named builder first, whatever its case, between the scripts', () => {
    const { steps, commandLines, preBuildScript, postBuildScript } = plan({
      'docker/app/Dockerfile': 'FROM a as BuildEr\nFROM b\nCOPY --from=builder /a /a\n',
      'docker/run.cfg': '[app]\npre_build_script = ./before "two words"\npost_build_script = ./after\n',
    });
    expect(steps.map(({ reference, flags }) => [reference, flags.target])).to.deep.equal([
      ['shop-app-builder:ada', 'BuildEr'],
      ['shop-app:ada', undefined],
    ]);
    expect([preBuildScript, postBuildScript]).to.deep.equal([['./before', 'two words'], ['./after']]);
    expect(commandLines[0]).to.equal(printed("./before 'two words'"));
    expect(commandLines[1]).to.contain('-t shop-app-builder:ada --target BuildEr');
    expect(commandLines[3]).to.equal('./after');
  });

  it('adds pip.conf from its template only where there is none', () => {
    expect([...plan({ 'pip.conf.template': '' }).additions]).to.deep.equal([
      ['pip.conf', 'pip.conf.template'],
    ]);
    expect([...plan({ 'pip.conf': '' }).additions]).to.deep.equal([]);
  });

  it('says of a Dockerfile in UTF-16 what it is', () => {
    plan({});
    const file = path.join(root, 'docker/app/Dockerfile');
    fs.writeFileSync(file, Buffer.from('\ufeffFROM scratch\n', 'utf16le'));
    const project = loadProject({ root, project: 'shop' });
    expect(() => readRecipe(project, image(), { env: {} })).to.throw(
      UserError,
      'docker/app/Dockerfile:1: is UTF-16 text: save it as UTF-8.',
    );
  });

  it('refuses what cannot be built', () => {
    expect(() => plan({ 'docker/run.cfg': '[app]\nbuild_args = --attest sbom\n' })).to.throw(
      UserError,
      /docker\/run\.cfg:2.*--attest/,
    );
    expect(() => plan({ 'docker/run.cfg': '[app]\nbuild_args = -f none\n' })).to.throw(
      UserError,
      /^docker\/run\.cfg:2: none cannot be read/,
    );
    fs.writeFileSync(
      path.join(root, 'docker/run.cfg'),
      '[run_image]\nsynthetic_images = sh\n[sh]\nname = app\n',
    );
    expect(() => plan({}, {}, 'sh')).to.throw(UserError, /synthetic/);
  });

  it('of a clean names images and builder stages', () => {
    plan({});
    expect(planClean([image()])).to.deep.equal({
      references: ['shop-app:ada', 'shop-app-builder:ada'],
      commandLine: 'docker image rm shop-app:ada shop-app-builder:ada',
    });
  });
});
