import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { cases, engines } from '../../circle.js';
import { run, type RunProgramSpec } from './program.js';

/** What a run of tests makes: a report, a page with a link, and links that lead out. */
const MAKES = [
  'mkdir -p /made/html/deep /made/private',
  'echo junit > /made/junit.xml',
  'echo page > /made/html/index.html && ln -s index.html /made/html/latest && ln /made/junit.xml /made/html/deep/same.xml',
  'ln -s /etc/passwd /made/out && mkfifo /made/pipe',
  'chmod 750 /made/html/index.html',
  'head -c 3000000 /dev/zero > /made/large',
  'touch -t 202001020304 /made/junit.xml',
  'ln -s /made /current',
].join(' && ');

for (const name of [
  ...engines(['20-overlay2', '28-containerd']),
  ...cases(['podman-4', 'podman-5'] as const),
]) {
  describe(`outputs of a run, engine ${name}`, function () {
    this.timeout(600_000);
    const label = `e2e-outputs-${process.pid}`;
    let engine: BedEngine;
    let root: string;

    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
    });
    beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'outputs '))));
    afterEach(() => rmSync(root, { recursive: true, force: true }));

    const start = (script: string, outputs: RunProgramSpec['outputs'], input?: string) => {
      const section = { args: ['--label', label], cmd: ['sh', '-c', script] };
      return run({ section, outputs, root }, engine.env, input);
    };
    const left = () => engine.docker.listContainers({ all: true, filters: { label: [label] } });
    const text = (path: string) => readFileSync(join(root, path), 'utf8');

    it('come out when it fails, folders and files, and nothing is left on the engine', async () => {
      mkdirSync(join(root, 'reports'));
      writeFileSync(join(root, 'reports/older.xml'), 'older');
      writeFileSync(join(root, 'reports/junit.xml'), 'older');
      const { status, stderr } = await start(`${MAKES}; exit 3`, [
        { from: '/current', to: 'reports' },
        { from: '/made/junit.xml', to: 'new/folder/of.xml' },
        { from: '/made/nothing', to: 'nothing' },
      ]);
      expect(stderr)
        .to.contain('3 files')
        .and.to.contain('/made/nothing, which outputs= names, is not there');
      expect(status).to.equal(3);
      expect(readdirSync(join(root, 'reports')).sort()).to.eql([
        'html',
        'junit.xml',
        'large',
        'older.xml',
        'private',
      ]);
      expect([text('reports/junit.xml'), text('reports/older.xml')]).to.eql(['junit\n', 'older']);
      expect([text('reports/html/latest'), text('reports/html/deep/same.xml')]).to.eql(['page\n', 'junit\n']);
      expect(text('new/folder/of.xml')).to.equal('junit\n');
      const { mode } = lstatSync(join(root, 'reports/html/index.html'));
      const { mtime } = lstatSync(join(root, 'reports/junit.xml'));
      expect([mode & 0o7777, mtime.getUTCFullYear()]).to.eql([0o750, 2020]);
      expect(lstatSync(join(root, 'reports/large')).size).to.equal(3_000_000);
      expect(stderr).to.match(/(out|pipe) and 1 more of \/current is left out/);
      expect(await left()).to.eql([]);
    });

    it('stay in the container, which is kept, where they cannot be written', async () => {
      symlinkSync(tmpdir(), join(root, 'reports'));
      const { status, stderr } = await start(MAKES, [{ from: '/made', to: 'reports' }]);
      expect(stderr).to.contain(
        'OUTPUT_OUTSIDE: reports, which outputs= names, leads out of the project by a link',
      );
      expect(status).to.equal(1);
      const [kept, ...others] = await left();
      expect(others).to.eql([]);
      expect(stderr).to.contain(`docker rm -f -v ${kept!.Names[0]!.slice(1)}`);
      await engine.docker.getContainer(kept!.Id).remove({ force: true });
    });
  });
}
