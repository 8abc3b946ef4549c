import { expect } from 'chai';
import { parseCommandLine } from '../../bin/command-line.js';
import { usageOf } from '../../bin/usage.js';
import { BUILD_FLAGS } from '../../tasks/build-options.js';
import type { AnyFlagTable } from '../../tasks/flags.js';
import { PUBLISH_FLAGS } from '../../tasks/publish.js';
import { RUN_FLAGS } from '../../tasks/run.js';

const build = { name: 'build-image', flags: BUILD_FLAGS as AnyFlagTable };
const run = { name: 'run-image', flags: RUN_FLAGS as AnyFlagTable };
const publish = { name: 'publish-image', flags: PUBLISH_FLAGS as AnyFlagTable };

const read = (command: typeof build, line: string) => parseCommandLine(command, line.split(' '));

describe('the command lines of the original', () => {
  it('have their long names', () => {
    expect(read(build, '--force_build_base --pull_base --image_name n --image_tag t dev')).to.deep.include({
      options: { base: true, pull: true, imageName: 'n', tag: 't' },
      words: ['dev'],
    });
    const line = '--keep --command ls --network n --use-gpu --env A=1 --env B=2 dev';
    expect(read(run, line).options).to.deep.equal({
      keep: true,
      command: 'ls',
      network: 'n',
      gpu: true,
      env: ['A=1', 'B=2'],
    });
    expect(parseCommandLine(run, ['dev', '--args', '--cpus 1']).options).to.deep.equal({ args: '--cpus 1' });
    expect(read(publish, '--image_name n app').options).to.deep.equal({ imageName: 'n' });
  });

  it('may cut them as long as one is meant', () => {
    expect(read(run, '--use --comm ls dev').options).to.deep.equal({ gpu: true, command: 'ls' });
    expect(read(build, '--force --pull dev').options).to.deep.equal({ base: true, pull: true });
    expect(() => read(build, '--image x dev')).to.throw(/--image may be --tag or --image-name/);
  });

  it('join letters, and take values behind them, in the next word or behind an equals sign', () => {
    expect(read(run, '-gnn4 dev').options).to.deep.equal({ gpu: true, network: 'n4' });
    expect(read(run, '-kn=n4 -e A=1 dev -eB=2').options).to.deep.equal({
      keep: true,
      network: 'n4',
      env: ['A=1', 'B=2'],
    });
  });

  it('take flags behind --args and --command where a blank says that they are a value', () => {
    expect(parseCommandLine(run, ['-a', '--cpus 1', '-c', '-x y', 'dev']).options).to.deep.equal({
      args: '--cpus 1',
      command: '-x y',
    });
    expect(() => read(run, '-a --cpus dev')).to.throw('--args=VALUE where it starts with a dash');
  });

  for (const [word, meant] of [
    ['—tag', '--tag'],
    ['–tag', '--tag'],
    ['−−tag', '--tag'],
    ['‐p', '-p'],
  ] as const)
    it(`${word} is told from ${meant}`, () =>
      expect(() => read(build, `${word} x app`)).to.throw(
        `"${word}" begins with a dash that is not the keyboard's: write ${meant}`,
      ));

  it('end at --', () => {
    expect(read(build, '-p -- -x')).to.deep.include({ options: { pull: true }, words: ['-x'] });
  });

  for (const [line, sentence] of [
    ['--xyzzy dev', /no flag --xyzzy of run-image: there are --command,/],
    ['--cap-add X dev', /docker run's --cap-add goes into args= /],
    ['-x dev', /no flag -x of run-image/],
    ['--volumes /a:/b dev', /did you mean "--volume"/],
    ['--keep=maybe dev', /--keep takes no value/],
    ['-n a -n b dev', /--network is given more than once/],
    ['dev -n', /-n needs a value/],
  ] as const) {
    it(`are refused where they make no sense: run-image ${line}`, () => {
      expect(() => read(run, line))
        .to.throw(sentence)
        .that.includes({ code: 'USAGE', exitStatus: 2 });
    });
  }

  it('ask for help and for the version', () => {
    expect(read(run, '--help').asks).to.equal('help');
    expect(read(run, '-kh').asks).to.equal('help');
    expect(read(run, '--version').asks).to.equal('version');
    expect(parseCommandLine(run, ['-c=--help', 'dev']).asks).to.equal(undefined);
  });

  it('are explained', () => {
    const usage = usageOf({ ...run, operands: '<image>', description: 'Runs.', task: () => undefined });
    expect(usage).to.match(/^Usage: run-image \[flags\] <image>\n\nRuns\.\n\n {2}-c, --command CMD /);
    expect(usage).to.include('--version').and.to.include('Also taken: --use-gpu, --use_gpu.');
  });
});
