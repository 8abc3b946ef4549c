import { expect } from 'chai';
import { describeFlags, readFlags, type Flag, type FlagTable } from '../../tasks/flags.js';

interface Options {
  forceBase?: boolean;
  tag?: string;
  env?: string[];
}
const table: FlagTable<Options> = {
  forceBase: { type: 'boolean', description: 'build the base first' },
  tag: { type: 'string', description: 'tag of the image' },
  env: { type: 'list', description: 'NAME=value' },
};
const known: Record<string, Flag> = { ...table, dryRun: { type: 'boolean', description: '' } };
const read = (...argv: string[]) => readFlags(table, argv, known);

describe('tasks/flags', () => {
  it('reads booleans, values in both forms and lists, whatever stands between', () => {
    expect(
      read('build:dev', '--force-base', 'run:dev', '--tag=x', '--env', 'A=b', '--env', 'C=--d', '-S'),
    ).to.deep.equal({
      forceBase: true,
      tag: 'x',
      env: ['A=b', 'C=--d'],
    });
  });

  it('takes the last of several values', () => {
    expect(read('--tag', 'a', '--tag', 'b', '--force-base=false')).to.deep.equal({
      tag: 'b',
      forceBase: false,
    });
  });

  it('leaves out what is not given, and what belongs to other tasks, to gulp or to the gulpfile', () => {
    expect(read('build', '--dry-run', '--silent', '--cwd', 'x', '--minify', '--port', '80')).to.deep.equal(
      {},
    );
  });

  it('refuses a slip of the pen instead of ignoring it', () => {
    expect(() => read('build', '--dry-rum')).to.throw(
      'There is no flag --dry-rum (did you mean "--dry-run"?).',
    );
  });

  it('refuses a value that is missing, and one that does not belong', () => {
    expect(() => read('--tag')).to.throw('--tag needs a value: --tag VALUE.');
    expect(() => read('--tag', '--dry-run')).to.throw('--tag needs a value');
    expect(() => read('--force-base=maybe')).to.throw('--force-base takes no value, and was given "maybe".');
  });

  it('takes a value that starts like a flag, but is none', () => {
    expect(read('--tag', '--shm-size 1g')).to.deep.equal({ tag: '--shm-size 1g' });
    expect(read('--tag', '--tag 1g', '--force-base')).to.deep.equal({ tag: '--tag 1g', forceBase: true });
    expect(read('--tag', '--privileged')).to.deep.equal({ tag: '--privileged' });
    expect(() => read('--tag', '--silent')).to.throw('--tag needs a value');
    expect(() => read('--tag', '--env=A=b')).to.throw('--tag needs a value');
  });

  it('describes flags as `gulp --tasks` shows them', () => {
    expect(describeFlags(table)).to.have.property('--force-base', 'build the base first');
  });
});
