import { expect } from 'chai';
import { boolean, text, value } from '../../../lib/flags/flag-table.js';
import { int64 } from '../../../lib/flags/integer.js';
import { type FlagSyntax, parseFlags } from '../../../lib/flags/parse-flags.js';
import type { Word } from '../../../lib/text/word.js';
import { refusal } from './refusal.js';

const table = {
  env: text('e'),
  publish: text('p'),
  interactive: boolean('i'),
  tty: boolean('t'),
  shares: value(int64, 'c'),
  network: text(),
} as const;

const syntax: FlagSyntax<typeof table> = { flags: table, aliases: { net: 'network' }, interspersed: false };

function read(...words: string[]) {
  const { flags, operands } = parseFlags(syntax, words);
  return {
    env: flags.values('env'),
    publish: flags.values('publish'),
    interactive: flags.last('interactive'),
    tty: flags.last('tty'),
    shares: flags.last('shares'),
    network: flags.values('network'),
    operands: operands.map((word) => word.text),
  };
}

const refused = (words: readonly (string | Word)[]) => refusal(() => parseFlags(syntax, words));

describe('parseFlags', () => {
  it('takes a value from the same word or from the next one', () => {
    for (const words of [['--env', 'A=b'], ['--env=A=b'], ['-e', 'A=b'], ['-eA=b'], ['-e=A=b']]) {
      expect(read(...words).env, words.join(' ')).to.deep.equal(['A=b']);
    }
  });

  it('takes short flags in a bundle, of which the last may have a value', () => {
    expect(read('-itp', '80:80')).to.include({ interactive: true, tty: true });
    expect(read('-itp', '80:80').publish).to.deep.equal(['80:80']);
    expect(read('-itp80:80').publish).to.deep.equal(['80:80']);
  });

  it('keeps repeated flags in order, and lets the last single value win', () => {
    expect(read('-e', 'A', '-e', 'B', '--env=A').env).to.deep.equal(['A', 'B', 'A']);
    expect(read('-c', '1', '--shares=2').shares).to.equal(2);
  });

  it('gives booleans a value only behind an equals sign', () => {
    expect(read('--tty=false').tty).to.equal(false);
    expect(read('--tty', '--tty=0').tty).to.equal(false);
    expect(read('-t=false').tty).to.equal(false);
    expect(read('--tty', 'false'))
      .to.include({ tty: true })
      .and.to.deep.include({ operands: ['false'] });
  });

  it('knows a flag by its other names', () => {
    expect(read('--net', 'a', '--network', 'b').network).to.deep.equal(['a', 'b']);
  });

  it('ends the flags at the first operand, or at --', () => {
    expect(read('-i', 'img', '-t').operands).to.deep.equal(['img', '-t']);
    expect(read('-i', '--', '-t').operands).to.deep.equal(['-t']);
    expect(read('-', '-i').operands).to.deep.equal(['-', '-i']);
  });

  it('takes flags behind operands where the command does', () => {
    const { flags, operands } = parseFlags({ ...syntax, interspersed: true }, ['.', '-i', 'x', '--', '-t']);
    expect(flags.last('interactive')).to.equal(true);
    expect(operands.map((word) => word.text)).to.deep.equal(['.', 'x', '-t']);
  });

  it('takes a word that begins with a dash for a value where one is due', () => {
    expect(read('--env', '--tty')).to.deep.include({ env: ['--tty'], tty: undefined });
  });

  it('says which flag is unknown, and what was meant', () => {
    expect(refused(['--publsh=1']).message).to.equal('unknown flag: --publsh (did you mean "publish"?)');
    expect(refused(['-iz']).message).to.equal("unknown shorthand flag: 'z' in -z");
    expect(refused(['--__proto__=1'])).to.include({ code: 'UNKNOWN_FLAG' });
    expect(refused(['--constructor'])).to.include({ code: 'UNKNOWN_FLAG' });
  });

  it('names the place of the word at fault, which is that of the value where it is a word of its own', () => {
    const at = (line: number, text: string): Word => ({ text, origin: { file: 'docker/run.cfg', line } });
    expect(refused([at(3, '-c'), at(4, 'x')]).message).to.equal(
      'docker/run.cfg:4: invalid argument "x" for "-c, --shares" flag: invalid syntax',
    );
    expect(refused([at(3, '--nope')]).message).to.match(/^docker\/run\.cfg:3: unknown flag: --nope/);
    expect(refused([at(3, '-i'), at(7, '-e')])).to.include({ code: 'MISSING_VALUE' });
    expect(refused([at(3, '-i'), at(7, '-e')]).word).to.deep.equal(at(7, '-e'));
  });

  it('shows no secret in what it says', () => {
    expect(refused(['--shares=https://joe:hunter2@example.com']).message).not.to.include('hunter2');
    expect(refused(['-zDB_PASSWORD=hunter2']).message).not.to.include('hunter2');
    expect(refused(['---DB_PASSWORD=hunter2']).message).not.to.include('hunter2');
  });
});
