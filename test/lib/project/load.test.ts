import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';
import { describeImage, findProjectRoot, imageNames, loadProject } from '../../../lib/project/index.js';
import { projectName } from '../../../lib/project/root.js';
import { onPosix } from '../../platform.js';
import { makeProject, projectWith, removeProjects, userErrorOf } from './projects.js';

const env = { USER: 'alice', HOME: '/home/alice' };
const load = (runConfig: string) => loadProject({ root: projectWith(runConfig), env });

describe('loadProject', () => {
  after(removeProjects);

  describe('the project root', () => {
    it('is the nearest folder upwards that holds docker/', () => {
      const root = makeProject({
        'docker/a/Dockerfile': '',
        'src/deep/x': '',
        'sub/docker/b/Dockerfile': '',
      });
      expect(findProjectRoot(root)).to.equal(root);
      expect(findProjectRoot(join(root, 'src/deep'))).to.equal(root);
      expect(findProjectRoot(join(root, 'docker/a'))).to.equal(root);
      expect(findProjectRoot(join(root, 'sub'))).to.equal(join(root, 'sub'));
    });

    it('is asked for again where the working directory is gone', () => {
      const before = process.cwd();
      const root = makeProject({ 'gone/x': '' });
      process.chdir(join(root, 'gone'));
      try {
        rmSync(join(root, 'gone'), { recursive: true });
        expect(userErrorOf(() => loadProject({ env })).message).to.match(/working directory is not there/);
      } finally {
        process.chdir(before);
      }
    });

    it('is not where docker is a file', () => {
      const root = makeProject({ 'docker/a/Dockerfile': '', 'sub/docker': '' });
      expect(findProjectRoot(join(root, 'sub'))).to.equal(root);
    });

    it('missing, is said with what to do', () => {
      const root = makeProject({ x: '' });
      expect(userErrorOf(() => loadProject({ cwd: root })).message).to.equal(
        `no docker folder in ${root} or above it: make docker/<image>/Dockerfile in the project's root`,
      );
      expect(userErrorOf(() => loadProject({ root })).code).to.equal('NO_DOCKER_FOLDER');
    });
  });

  it('takes no folder for an image whose name would change the terminal, and says so', () => {
    const root = makeProject({ 'docker/a/Dockerfile': '', 'docker/e\x1b]0;title\x07/Dockerfile': '' });
    const { images, warnings } = loadProject({ root, env });
    expect(images).to.deep.equal(['a']);
    expect(warnings).to.deep.equal(['docker/e is no image: its name has control characters']);
  });

  it('refuses such names of synthetic images, and a run.cfg with a NUL', () => {
    expect(userErrorOf(() => load('[run_image]\nsynthetic_images=a\x1b[2J\n')).message).to.equal(
      'docker/run.cfg:2: synthetic_images has a name with control characters',
    );
    expect(userErrorOf(() => load('[dev]\nargs=a\0b\n')).message).to.equal(
      'docker/run.cfg:2: has a NUL character, which stands in no text',
    );
  });

  it('takes a section for a slip that has blanks around its name', () => {
    expect(userErrorOf(() => load('[ dev ]\ntag=x\n')).message).to.equal(
      'docker/run.cfg:1: unknown section [ dev ] (did you mean "dev"?)',
    );
  });

  for (const [value, said] of [
    ['volumes=-v $(pwd):/b', 'volumes= of [dev] has $(, which means nothing without a shell'],
    ['args=-e A=`date`', 'args= of [dev] has `, which means nothing without a shell'],
    ['volumes=-v ~/x:/b', 'volumes= of [dev] has ~/, which means nothing without a shell: write {home}/'],
    ["args=-e 'A=$(date)'", undefined],
    ['environment=-e A="~/x"', undefined],
  ] as const)
    it(`${said === undefined ? 'says nothing of' : 'warns of'} ${value}`, () => {
      const { warnings } = load(`[dev]\n${value}\n`);
      if (said === undefined) expect(warnings).to.deep.equal([]);
      else expect(warnings.join()).to.contain(`docker/run.cfg:2: ${said}`);
    });

  describe('names', () => {
    const names: [folder: string, name: string][] = [
      ['app', 'app'],
      ['My Project', 'my-project'],
      ['a.b_c-d', 'a.b_c-d'],
      ['a__b', 'a__b'],
      ['a___b', 'a-b'],
      ['a..b', 'a-b'],
      ['_app_', 'app'],
      ['.app', 'app'],
      ['Größe (neu)', 'gr-e-neu'],
      ['a - b', 'a---b'],
      ['a---b', 'a---b'],
    ];
    for (const [folder, name] of names) {
      it(`${JSON.stringify(folder)} is ${name}`, () => expect(projectName(`/x/${folder}`)).to.equal(name));
    }

    it('a folder of which nothing is left needs a name', () => {
      expect(userErrorOf(() => projectName('/x/日本')).message).to.include('dockerTasks({ project })');
      expect(userErrorOf(() => projectName('/')).code).to.equal('NO_PROJECT_NAME');
      const root = makeProject({ 'docker/a/Dockerfile': '' }, '日本');
      expect(loadProject({ root, project: 'nihon' })).to.include({ name: 'nihon', folderName: '日本' });
    });

    it('the user is the first of LOGNAME, USER, LNAME, USERNAME that is not empty, else the account', () => {
      const root = projectWith('');
      const all = { LOGNAME: 'a', USER: 'b', LNAME: 'c', USERNAME: 'd' };
      expect(loadProject({ root, env: all }).user).to.equal('a');
      expect(loadProject({ root, env: { ...all, LOGNAME: '' } }).user).to.equal('b');
      expect(loadProject({ root, env: { LNAME: 'c', USERNAME: 'd' } }).user).to.equal('c');
      expect(loadProject({ root, env: { USERNAME: 'd' } }).user).to.equal('d');
      expect(loadProject({ root, env: {} }).user).to.match(/./);
    });
  });

  describe('images', () => {
    it('are the folders with a Dockerfile, sorted', () => {
      const root = makeProject({
        'docker/b/Dockerfile': '',
        'docker/a/Dockerfile': '',
        'docker/none/readme': '',
        'docker/folder/Dockerfile/x': '',
        'docker/Dockerfile': '',
        'docker/__proto__/Dockerfile': '',
      });
      mkdirSync(join(root, 'elsewhere'));
      symlinkSync('a', join(root, 'docker/link'));
      symlinkSync('nowhere', join(root, 'docker/broken'));
      symlinkSync('loop', join(root, 'docker/loop'));
      expect(loadProject({ root }).images).to.deep.equal(['__proto__', 'a', 'b', 'link']);
    });

    it('of a project may be none', () => {
      expect(loadProject({ root: makeProject({ 'docker/x': '' }) })).to.deep.include({
        images: [],
        synthetic: [],
      });
    });

    it('are synthetic ones too, of both spellings of the section, trimmed', () => {
      const project = load(
        '[run_image]\nsynthetic_images= shell ,\n  notebook\n\n[run-image]\nsynthetic_images=a b,,a\n',
      );
      expect(project.synthetic).to.deep.equal(['shell', 'notebook', 'a', 'b']);
      expect(imageNames(project)).to.deep.equal(['base', 'dev', 'shell', 'notebook', 'a', 'b']);
    });
  });

  describe('warnings', () => {
    const warnings = (runConfig: string) => load(runConfig).warnings;

    it('tell of a section that belongs to nothing, and of one that is as that of an image', () => {
      expect(
        warnings('[dev]\nenv=vars\n[vars]\nA=1\n[run_image]\n[leftover]\nA=1\n[DEFAULT]\n'),
      ).to.deep.equal(['docker/run.cfg:6: section [leftover] belongs to no image, and no env= names it']);
      expect(warnings('[shell]\nname=dev\ncmd_docked=sh\n')).to.deep.equal([
        'docker/run.cfg:1: section [shell] belongs to no image, and no env= names it: list shell in synthetic_images of [run_image] to run it',
      ]);
    });

    it('tell of a synthetic image that is a folder', () => {
      expect(warnings('[run_image]\nsynthetic_images=dev\n')).to.deep.equal([
        'docker/run.cfg:2: synthetic image "dev" is left out: docker/dev is an image',
      ]);
    });

    it('tell of a user whose name no tag can hold, which is made fit', () => {
      for (const [user, tag] of [
        ['SALES\\me', 'SALES-me'],
        ['me@corp.example.com', 'me-corp.example.com'],
        ['Ada Löve', 'Ada-L-ve'],
        ['.hidden', 'hidden'],
        ['a'.repeat(200), 'a'.repeat(128)],
        ['Ωμέγα', String(process.getuid?.() ?? 'user')],
      ] as const) {
        const project = loadProject({ root: projectWith(''), env: { USER: user } });
        expect(project.user).to.equal(tag);
        expect(project.warnings).to.deep.equal([
          `the user's name ${JSON.stringify(user)} cannot stand in a tag: images are tagged ${tag}`,
        ]);
        expect(describeImage(project, 'dev', { remote: false, env: {} }).tag).to.equal(tag);
      }
    });

    const meaningless: [value: string, word: string][] = [
      ['cd /app && ls', '&&'],
      ['cat a | wc', '|'],
      ['ls > out', '>'],
      ['ls 2>&1', '2>&1'],
      ['make; make test', ';'],
      ['cd /app', 'cd'],
      ['echo $HOME', '$HOME'],
      ['echo "${HOME}/x"', '${HOME}'],
    ];
    for (const [value, word] of meaningless) {
      it(`tell of ${word} in a command, which says what to write`, () => {
        const [said = '', more] = warnings(`[dev]\ncmd=${value}\n`);
        expect(said).to.match(/^docker\/run\.cfg:2: cmd= of \[dev\] has .* without a shell: write sh -c /);
        expect(said).to.contain(`has ${word},`);
        expect(more).to.equal(undefined);
        const better = said.slice(said.indexOf('write ') + 6);
        expect(
          describeImage(load(`[dev]\ncmd=${better}\n`), 'dev', { remote: false }).cmd.map(({ text }) => text),
        ).to.deep.equal(['sh', '-c', value]);
      });
    }

    for (const value of [
      'sh -c "cd /app && echo $HOME"',
      '/bin/bash -lc "a | b"',
      "python -c 'print(1 & 2); x'",
      'echo "a && b"',
      "awk '{ print $1 }' /x",
      "psql -c 'select $name$x$name$'",
      'grep -E a|b',
      '["sh", "-c", "a && b"]',
      'cdrom /x',
      'pytest -k "a and b" --cov=x',
    ]) {
      it(`do not tell of ${value}`, () => expect(warnings(`[dev]\ncmd=${value}\n`)).to.deep.equal([]));
    }

    it('tell of words that need a shell in scripts, where variables are replaced, and in values for remote engines', () => {
      expect(
        warnings('[dev]\npre_build_script=make $TARGET\npost_build_script=rm -rf x && true\n'),
      ).to.have.length(1);
      expect(warnings('[dev]\ncmd_docked=cd /x\n')).to.have.length(1);
    });

    it('tell of interactive=-e, which is taken for -i', () => {
      expect(warnings('[dev]\nInteractive=-e\n')).to.deep.equal([
        'docker/run.cfg:2: Interactive= of [dev] says -e, which is taken for -i',
      ]);
    });

    it('show nothing that a terminal would obey', () => {
      expect(warnings('[left\x1b[2Jover]\n')).to.deep.equal([
        'docker/run.cfg:1: section [leftover] belongs to no image, and no env= names it',
      ]);
    });

    it('are none where all is well', () => expect(warnings('[dev]\ntag=x\n')).to.deep.equal([]));
  });

  describe('slips of the pen', () => {
    const refused = (runConfig: string) => {
      const error = userErrorOf(() => load(runConfig));
      expect(error.code).to.equal('BAD_CONFIG');
      return error.message.split('\n');
    };
    for (const [section, meant] of [
      ['deb', 'dev'],
      ['Dev', 'dev'],
      ['edv', 'dev'],
      ['bas', 'base'],
      ['run_images', 'run_image'],
      ['runimage', 'run_image'],
      ['default', 'DEFAULT'],
      ['shel', 'shell'],
      ['var', 'vars'],
    ]) {
      it(`are refused in a section's name: [${section}]`, () => {
        const rest = '[run_image]\nsynthetic_images=shell\n[shell]\nname=dev\nenv=vars\n[vars]\n';
        expect(refused(`${rest}[${section}]\n`)).to.deep.equal([
          `docker/run.cfg:7: unknown section [${section}] (did you mean "${meant}"?)`,
        ]);
      });
    }

    it('are refused in run_image, all of them together', () => {
      expect(
        refused('[run_image]\nsynthetic_image=x\nimages=%(a)s\na=1\n[run-image]\nSynthetics=y\n[bsae]\n'),
      ).to.deep.equal([
        'docker/run.cfg:2: unknown key "synthetic_image" in [run_image] (did you mean "synthetic_images"?)',
        'docker/run.cfg:3: unknown key "images" in [run_image] (its keys are synthetic_images and env_file)',
        'docker/run.cfg:6: unknown key "Synthetics" in [run-image] (its keys are synthetic_images and env_file)',
        'docker/run.cfg:7: unknown section [bsae] (did you mean "base"?)',
      ]);
    });
  });

  describe('the file', () => {
    it('may be called dockerutils.cfg', () => {
      const root = makeProject({
        'docker/dev/Dockerfile': '',
        'docker/dockerutils.cfg': '[run_image]\nsynthetic_images=x\nbad\n',
      });
      expect(userErrorOf(() => loadProject({ root })).message).to.match(/^docker\/dockerutils\.cfg:3: /);
    });

    it('is refused where both names are there', () => {
      const root = makeProject({ 'docker/run.cfg': '', 'docker/dockerutils.cfg': '' });
      expect(userErrorOf(() => loadProject({ root })).message).to.equal(
        'both docker/run.cfg and docker/dockerutils.cfg are there: keep one',
      );
    });

    it('is UTF-8', () => {
      const root = makeProject({ 'docker/run.cfg': Buffer.from('[dev]\n# é\ntag=\xe9\n', 'latin1') });
      expect(userErrorOf(() => loadProject({ root })).message).to.equal(
        'docker/run.cfg:2: is not UTF-8 text',
      );
    });

    it('that is a folder is one sentence', () => {
      const root = makeProject({ 'docker/run.cfg/x': '' });
      expect(userErrorOf(() => loadProject({ root })).message).to.equal(
        'docker/run.cfg cannot be read (EISDIR)',
      );
    });

    onPosix('modes', it)('that is a device, of which there may be no end, is one sentence', () => {
      const root = makeProject({ 'docker/base/Dockerfile': 'FROM scratch\n' });
      symlinkSync('/dev/null', join(root, 'docker/run.cfg'));
      expect(userErrorOf(() => loadProject({ root })).message).to.equal(
        'docker/run.cfg cannot be read (no regular file)',
      );
    });

    it('has all its errors reported together, each with its line', () => {
      const error = userErrorOf(() =>
        load('x=1\ny=2\n[dev]\ntag=1\nflag\nTag=2\n=3\n[dev]\nname=x\nname=y\n'),
      );
      expect(error.code).to.equal('BAD_CONFIG');
      expect(error.message.split('\n')).to.deep.equal([
        'docker/run.cfg:1: a [section] must come before the first key',
        'docker/run.cfg:5: expected "key = value" or [section], found "flag"',
        'docker/run.cfg:6: key "Tag" stands on line 4 of [dev] already',
        'docker/run.cfg:7: expected "key = value" or [section], found "=3"',
        'docker/run.cfg:8: section [dev] stands on line 3 already',
        'docker/run.cfg:10: key "name" stands on line 9 of [dev] already',
      ]);
    });

    it('lets case count where an env= says so, also from DEFAULT, by interpolation and replacement', () => {
      for (const named of [
        '[dev]\nenv=vars',
        '[DEFAULT]\nenv=vars\n[dev]',
        '[dev]\nenv_docked=%(x)s\nx=vars',
      ]) {
        expect(load(`${named}\n[vars]\nPATH=1\npath=2\n`).warnings).to.deep.equal([]);
      }
      expect(load('[dev]\nenv={user}_vars\n[alice_vars]\nPATH=1\npath=2\n').warnings).to.deep.equal([]);
      expect(() => load('[dev]\n[vars]\nPATH=1\npath=2\n')).to.throw('key "path" stands on line 3');
    });
  });

  it('loads fifty images in a few milliseconds', () => {
    const files: Record<string, string> = { 'docker/run.cfg': '' };
    for (let index = 0; index < 50; index++) {
      files[`docker/image${index}/Dockerfile`] = 'FROM scratch\n';
      files['docker/run.cfg'] += `[image${index}]\nvolumes=-v {project_root}:/src\n  -v a:b\ncmd=sh -c "x"\n`;
    }
    const root = makeProject(files);
    // Processor time, so that whatever else the machine does counts little.
    const times = Array.from({ length: 10 }, () => {
      const start = process.cpuUsage();
      expect(loadProject({ root }).images).to.have.length(50);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    expect(Math.min(...times)).to.be.below(15);
  });

  it('knows the folder’s own name beside the name of images', () => {
    const root = projectWith('');
    expect(loadProject({ cwd: join(root, 'docker/dev'), env })).to.include({
      root,
      folderName: basename(root),
      name: 'my-project',
      user: 'alice',
    });
    expect(dirname(root)).to.not.equal(root);
  });
});
