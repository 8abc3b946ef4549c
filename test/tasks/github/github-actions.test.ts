import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { annotationsOf } from '../../../tasks/github/annotations.js';
import { summaryText } from '../../../tasks/github/job-summary.js';
import { makeProject, removeProjects } from '../../lib/project/projects.js';
import { runBin } from '../run-bin.js';

const NO_ENGINE = 'unix:///nowhere/docker.sock';
const repository = new URL('../../../', import.meta.url);

describe('under GitHub Actions', () => {
  after(removeProjects);

  /** What a command says there, of a project in a folder of the repository. */
  async function said(files: Record<string, string>, ...words: string[]) {
    const root = makeProject(files, 'my,project');
    const before = { ...process.env };
    Object.assign(process.env, { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: join(root, '..') });
    process.env.GITHUB_STEP_SUMMARY = join(root, 'summary.md');
    try {
      const { output } = await runBin(words, root, NO_ENGINE);
      return output.split('\n').filter((line) => line.startsWith('::'));
    } finally {
      process.env = before;
    }
  }

  it('tells what is wrong with run.cfg as a file of the repository, once', async () => {
    const files = { 'docker/app/Dockerfile': 'FROM a\n', 'docker/run.cfg': '[app]\nprots=-p 1\nvolume=%d\n' };
    expect(await said(files, 'run-image', '--dry-run', 'app')).to.deep.equal([
      '::error file=my%2Cproject/docker/run.cfg,line=2::unknown key "prots" in [app] (did you mean "ports"?)',
      '::error file=my%2Cproject/docker/run.cfg,line=3::unknown key "volume" in [app] (did you mean "volumes"?)',
    ]);
  });

  it('tells what makes the whole project fail', async () => {
    const files = { 'docker/app/Dockerfile': 'FROM a\n', 'docker/run.cfg': '[app]\nnonsense\n' };
    const [annotation = ''] = await said(files, 'run-image', 'app');
    expect(annotation).to.match(/^::error file=my%2Cproject\/docker\/run\.cfg,line=2::/);
  });

  it('tells what has no place in a file', async () => {
    const [annotation = ''] = await said({ 'docker/app/Dockerfile': 'FROM a\n' }, 'run-image', 'app');
    expect(annotation).to.match(/^::error::.*nowhere\/docker\.sock/);
  });

  it('says nothing elsewhere', async () => {
    const root = makeProject({ 'docker/app/Dockerfile': 'FROM a\n' });
    expect((await runBin(['run-image', 'app'], root, NO_ENGINE)).output).not.to.include('::error');
  });

  it('keeps lines with the sentence that they belong to', () => {
    expect(
      annotationsOf('docker/app/Dockerfile:12: RUN make failed:\n  cc: not found\ndocker/run.cfg:3: x'),
    ).to.deep.equal([
      { file: 'docker/app/Dockerfile', line: '12', message: 'RUN make failed:\n  cc: not found' },
      { file: 'docker/run.cfg', line: '3', message: 'x' },
    ]);
    expect(annotationsOf('No engine.\nhost:22: refused')).to.have.length(2);
  });

  it('has a table of what came of images', () => {
    const common = { cached: { steps: 3, of: 4 }, sent: { entries: 1, files: 1, bytes: 1 }, elapsed: 1_234 };
    const text = summaryText([
      {
        kind: 'build',
        image: 'app',
        ok: true,
        reference: 'x-app:ada',
        id: 'sha256:1',
        tags: [],
        size: 142_000_000,
        ...common,
      },
      { kind: 'build', image: 'a|b', ok: false, error: { code: 'X', message: 'No <b>.\nmore' } },
      { kind: 'publish', ok: true, source: 'x-app:ada', reference: 'r/x-app:1', digest: 'sha256:2' },
      {
        ...{ kind: 'transfer', ok: true, reference: 'x-app:ada', host: 'ssh://h', id: 'sha256:1', layers: 5 },
        ...{ layersSent: 1, deltasSent: 0, bytesGiven: 0, bytesSent: 2_000, elapsed: 900 },
      },
    ]);
    expect(text.split('\n').slice(2, 6)).to.deep.equal([
      '| ✅ build | `app` | `x-app:ada`, 3 of 4 steps cached | 142MB | 1.2s |',
      '| ❌ build | `a&#124;b` | No &#60;b>. |  |  |',
      '| ✅ publish | `x-app:ada` | `r/x-app:1` `sha256:2` |  |  |',
      '| ✅ transfer | `x-app:ada` | 1 of 5 layers to `ssh://h` | 2kB | 0.9s |',
    ]);
  });
});

describe('docs/ci.md', () => {
  const read = (path: string) => readFileSync(new URL(path, repository), 'utf8');

  for (const file of ['.github/workflows/cicd.yml', '.gitlab-ci.yml']) {
    it(`has ${file} of examples/cicd`, () => {
      expect(read('docs/ci.md')).to.include(
        `\`${file}\`:\n\n\`\`\`yaml\n${read(`examples/cicd/${file}`)}\`\`\`\n`,
      );
    });
  }
});
