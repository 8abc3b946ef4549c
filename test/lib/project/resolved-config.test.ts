import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { describeImage, loadProject, resolvedConfig, writeConfig } from '../../../lib/project/index.js';
import { commandLine, shellQuote } from '../../../lib/text/command-line.js';
import { onPlatform } from '../../platform.js';
import { projectWith, removeProjects } from './projects.js';

const env = { USER: 'alice', HOME: '/home/alice', TOKEN: 'hunter2' };
const options = { remote: false, env };

describe('resolvedConfig', () => {
  after(removeProjects);

  it('says each value and where it came from', () => {
    const root = projectWith(
      '[DEFAULT]\nnetwork=n\n[dev]\nports=\n  -p 80:80\nvolumes_docked=-v far:/x\nargs=$$ 50% {user}\npull_from_on_force=1\n',
    );
    const values = resolvedConfig(loadProject({ root, env }), 'dev', { ...options, remote: true });
    expect(values.map(({ key, value, from }) => [key, value, from])).to.deep.equal([
      ['network', 'n', 'docker/run.cfg:2'],
      ['volumes', '-v far:/x', 'docker/run.cfg:6'],
      ['ports', '-p 80:80', 'docker/run.cfg:4'],
      ['args', "'$$' 50%% alice", 'docker/run.cfg:7'],
      ['pull_FROM_on_force', 'True', 'docker/run.cfg:8'],
      ['tag', 'alice', "the user's name"],
    ]);
  });

  it('says what runs beside an image, when that is ready, and how long it has for that', () => {
    const root = projectWith(
      '[dev]\ndepends_on=db, fill:service_completed_successfully\n[fill]\nname=dev\ndepends_on=db\nready_timeout=2m\n' +
        '[db]\nname=postgres:16\nprefix=False\nready=log "ready to accept" 2\nstop_timeout=30\nreuse=yes\n',
    );
    const project = loadProject({ root, env });
    const services = ['dev', 'fill', 'db'].flatMap((name) => resolvedConfig(project, name, options));
    expect(services.map(({ section, key, value }) => `${section} ${key}=${value}`)).to.include.members([
      'dev depends_on=db, fill:service_completed_successfully',
      'fill depends_on=db',
      'fill ready_timeout=2m',
      "db ready=log 'ready to accept' 2",
      'db stop_timeout=30',
      'db reuse=True',
    ]);
  });

  it('has words as run.cfg has them, on Windows as everywhere', async () => {
    const root = projectWith('[dev]\nargs=--label "a=it\'s" $$\ncmd=cd /app && ls\n');
    const told = () => {
      const project = loadProject({ root, env });
      return { values: resolvedConfig(project, 'dev', options), warnings: project.warnings };
    };
    const here = told();
    expect(here.warnings.join()).to.include("sh -c 'cd /app && ls'");
    expect(await onPlatform('win32', told)).to.deep.equal(here);
  });

  it('is written in the form of run.cfg', () => {
    const root = projectWith('[dev]\nenv=vars\ncmd=sh -c "echo $HOME; x"\n[vars]\nPATH=/a b\nwith=50%\n');
    expect(writeConfig(resolvedConfig(loadProject({ root, env }), 'dev', options))).to.equal(
      [
        '[dev]',
        '# docker/run.cfg:2',
        'env=vars',
        '# docker/run.cfg:3',
        "cmd=sh -c 'echo $HOME; x'",
        "# the user's name",
        'tag=alice',
        '',
        '[vars]',
        '# docker/run.cfg:5',
        'PATH=/a b',
        '# docker/run.cfg:6',
        'with=50%%',
        '',
      ].join('\n'),
    );
  });

  it('shows no secret', () => {
    const root = projectWith(
      '[dev]\nenvironment=-e API_TOKEN=$TOKEN\nenv=vars\n[vars]\nDB_PASSWORD=$TOKEN\n',
    );
    const text = writeConfig(resolvedConfig(loadProject({ root, env }), 'dev', options));
    expect(text).to.not.include('hunter2');
    expect(text).to.include('API_TOKEN=***').and.to.include('DB_PASSWORD=***');
  });

  it('says where what a terminal would obey is left out', () => {
    const root = projectWith('[dev]\nenv=vars\ncmd=echo \x1b[2Ja\x08\n[vars]\nA=\x1b]0;b\x07c\n');
    const values = resolvedConfig(loadProject({ root, env }), 'dev', options);
    expect(values.map(({ key, value, from }) => [key, value, from])).to.deep.include.members([
      ['env', 'vars', 'docker/run.cfg:2'],
      ['cmd', 'echo a', 'docker/run.cfg:3, without its control characters'],
      ['A', 'c', 'docker/run.cfg:5, without its control characters'],
    ]);
  });

  describe('read again', () => {
    const written: string[] = [];

    it('means the same', () => {
      const root = projectWith('');
      const word = fc
        .string({ unit: fc.constantFrom(...'ab =:;#%$\'"\\[]|*?/-é'), minLength: 1, maxLength: 8 })
        // A $NAME would be replaced.
        .filter((text) => !/\$\w/.test(text));
      const write = (text: string) => writeFileSync(join(root, 'docker/run.cfg'), text);
      const describeDev = () => describeImage(loadProject({ root, env }), 'dev', options);
      fc.assert(
        fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
          const line = commandLine(words, shellQuote).replaceAll('%', '%%');
          write(`[dev]\nargs=${line.replaceAll('$', '$$$$')}\ncmd=${line}\n`);
          expect(describeDev().args.map(({ text }) => text)).to.deep.equal(words);
          const text = writeConfig(resolvedConfig(loadProject({ root, env }), 'dev', options));
          written.push(text);
          write(text);
          const again = describeDev();
          expect(again.args.map(({ text }) => text)).to.deep.equal(words);
          expect(again.cmd.map(({ text }) => text)).to.deep.equal(words);
        }),
        { numRuns: 100 },
      );
    });

    it('means the same to python3', function () {
      const script =
        'import configparser, json, shlex, sys\n' +
        'for text in json.load(sys.stdin):\n' +
        '    parser = configparser.ConfigParser(); parser.read_string(text)\n' +
        '    assert shlex.split(parser["dev"]["args"].replace("$$", "$")) == shlex.split(parser["dev"]["cmd"])\n';
      const python = spawnSync('python3', ['-c', script], {
        input: JSON.stringify(written),
        encoding: 'utf8',
      });
      if (python.error) this.skip();
      expect(python.stderr).to.equal('');
    });
  });
});
