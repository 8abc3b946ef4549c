import { expect } from 'chai';
import { createReport, levelOfFlags, type ReportOptions } from '../../../lib/report/index.js';
import { onPlatform } from '../../platform.js';
import { Pipe, Terminal } from './terminal.js';

const env = { LANG: 'C.UTF-8', NO_COLOR: '1' };

function onTerminal(options: ReportOptions = {}, terminal = new Terminal()) {
  const stream = terminal.asStream();
  return { terminal, report: createReport({ stream, out: stream, env, ...options }) };
}

function inPipe(options: ReportOptions = {}) {
  const [stream, out] = [new Pipe(), new Pipe()];
  return {
    stream,
    out,
    report: createReport({ stream: stream.asStream(), out: out.asStream(), env, ...options }),
  };
}

/** Lines without the time, which every line of a log begins with. */
const timeless = (text: string) => text.replace(/^\[\d\d:\d\d:\d\d\] /gm, '');

describe('a report on a terminal', () => {
  it('folds the labels of a command that needs more than a row, unless it is to be whole', () => {
    const labels = `--label a=${'x'.repeat(60)} --label 'b=two words' --label='c=it'\\''s'`;
    const line = `docker build -t app:me ${labels} --pull .`;
    const shown = (options: ReportOptions, text: string) => {
      const { terminal, report } = onTerminal(options);
      report.command(text);
      return terminal.text.replaceAll('\n', '');
    };
    expect(shown({}, line)).to.equal('docker build -t app:me --label … --pull .');
    expect(shown({ wholeCommands: true }, line)).to.equal(line);
    expect(shown({}, 'docker build -t app:me --label a=b .')).to.include('--label a=b');
    const { stream, report } = inPipe();
    report.command(line);
    expect(stream.text).to.equal(`${line}\n`);
  });

  for (const columns of [50, 80, 120]) {
    it(`folds a build on ${columns} columns into two rows, and no other command`, () => {
      const long = '/home/ada/projects/with-a-long-name';
      const line = `docker -H ssh://server build -f ${long}/docker/app/Dockerfile -t app:me --label a=b --build-arg A=b --build-arg B='c d' --pull ${long}`;
      const rows = (text: string) => {
        const terminal = new Terminal(columns);
        createReport({ stream: terminal.asStream(), env: {} }).command(text);
        return terminal.text.trimEnd().split('\n');
      };
      expect(rows(line)).to.have.length.at.most(2);
      expect(rows(line).join('')).to.match(columns === 120 ? /--pull \/home\S+$/ : /…$/);
      const run = `docker run --rm ${'-e NAME=value '.repeat(30)}app`;
      expect(rows(run).join('').replaceAll(' ', '')).to.equal(run.replaceAll(' ', ''));
    });
  }

  it('shows what runs, and leaves a line of what has ended', () => {
    const { terminal, report } = onTerminal();
    const activity = report.activity('demo-app:me');
    activity.item('1', { label: '[1/2] FROM python', state: 'running' });
    expect(terminal.text).to.match(/^. demo-app:me +\d+\.\ds\n$/);
    activity.item('1', { label: '[1/2] FROM python', state: 'cached' });
    activity.item('2', { label: '[2/2] RUN make', state: 'running' });
    activity.line('cc main.c');
    expect(terminal.text).to.match(
      /^ {2}✔ \[1\/2\] FROM python {2}CACHED\n {2}cc main\.c\n. demo-app:me +\d+\.\ds\n {4}\[2\/2\] RUN make +\d+\.\ds\n$/,
    );
    activity.item('2', { label: '[2/2] RUN make', state: 'done', elapsed: 3200 });
    activity.done('12MB in 3.3s');
    expect(terminal.text).to.equal(
      '  ✔ [1/2] FROM python  CACHED\n  cc main.c\n  ✔ [2/2] RUN make  3.2s\n✔ demo-app:me  12MB in 3.3s\n',
    );
  });

  it('says whose a line is when several run', () => {
    const { terminal, report } = onTerminal();
    const [app, dev] = [report.activity('app'), report.activity('dev')];
    app.line('one');
    dev.line('two');
    app.done('');
    dev.failed();
    expect(terminal.text).to.match(/^app │ one\ndev │ two\n✔ app\n✖ dev {2}failed after \d+\.\ds\n$/);
  });

  it('cuts the label of what has ended, not what a program says', () => {
    const { terminal, report } = onTerminal({}, new Terminal(40, 10));
    const activity = report.activity('app');
    const label = '[2/2] RUN something that is longer than the terminal is wide';
    activity.item('2', { label, state: 'done', elapsed: 3200 });
    activity.line('a line that is wider than the terminal, and whole');
    activity.done('');
    const lines = terminal.text.split('\n');
    expect(lines[0]).to.equal('  ✔ [2/2] RUN something that is l…  3.2s');
    expect(terminal.text.replaceAll('\n', '')).to.include('wider than the terminal, and whole');
  });

  it('says again that something has ended only when it took longer', () => {
    const { terminal, report } = onTerminal();
    const activity = report.activity('app');
    for (const elapsed of [20, 30, 1500]) {
      activity.item('1', { label: 'FROM python', state: 'running' });
      activity.item('1', { label: 'FROM python', state: 'done', elapsed });
    }
    activity.done('');
    expect(terminal.text).to.equal('  ✔ FROM python  0.0s\n  ✔ FROM python  1.5s\n✔ app\n');
  });

  it('shows bytes as a bar', () => {
    const { terminal, report } = onTerminal();
    const activity = report.activity('push');
    activity.item('a', { label: 'layer', state: 'running', completed: 5_000_000, total: 10_000_000 });
    activity.line('');
    expect(terminal.text).to.match(/ {4}layer +█{10}░{10} +5MB\/10MB +\d+\.\ds/);
    activity.done('');
  });

  it('loses nothing of what others write to the same terminal', () => {
    const { terminal, report } = onTerminal();
    const activity = report.activity('app');
    terminal.write('[12:00:00] ');
    terminal.write("Starting 'x'...\n");
    activity.line('ours');
    terminal.write('unfinished');
    activity.line('ours again');
    terminal.write(' line\n');
    activity.done('');
    expect(terminal.text).to.equal(
      "[12:00:00] Starting 'x'...\n  ours\nunfinished\n  ours again\n line\n✔ app\n",
    );
  });

  it('leaves the writing of others alone when it has ended', () => {
    const { terminal, report } = onTerminal();
    const before: unknown = Reflect.get(terminal, 'write');
    const activity = report.activity('app');
    expect(Reflect.get(terminal, 'write')).not.to.equal(before);
    activity.done('');
    expect(Reflect.get(terminal, 'write')).to.equal(before);
  });

  it('keeps every line of the live part within a narrow terminal', () => {
    const terminal = new Terminal(30, 10);
    const { report } = onTerminal({}, terminal);
    const activity = report.activity('a title that is longer than the terminal is wide');
    for (let i = 0; i < 20; i++) {
      activity.item(String(i), {
        label: `日本語 item ${i} with a long label`,
        state: 'running',
        completed: 1,
        total: 3,
      });
    }
    const lines = terminal.text.split('\n');
    expect(lines.length).to.be.at.most(10);
    expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(29);
    activity.done('');
    expect(terminal.text.replaceAll('\n', '')).to.match(
      /^✔ a title that is longer than ?the terminal is wide$/,
    );
  });

  it('holds everything back while somebody else has the terminal', () => {
    const { terminal, report } = onTerminal();
    const activity = report.activity('app');
    const [first, second] = [report.suspend(), report.suspend()];
    expect(terminal.text).to.equal('');
    report.info('later');
    activity.line('later too');
    terminal.write('container\n');
    first();
    first();
    expect(terminal.text).to.equal('container\n');
    second();
    activity.done('');
    expect(terminal.text).to.equal('container\nlater\n  later too\n✔ app\n');
  });

  it('never hides the cursor', () => {
    const { terminal, report } = onTerminal();
    report.activity('app').done('');
    expect(terminal.raw).not.to.contain('\x1b[?25l');
  });

  it('shares the screen with other reports, and says whose a line is', () => {
    const terminal = new Terminal();
    const one = onTerminal({}, terminal).report.activity('one');
    const two = onTerminal({}, terminal).report.activity('two');
    one.line('of one');
    two.line('of two');
    one.done('');
    two.done('');
    expect(terminal.text).to.equal('one │ of one\ntwo │ of two\n✔ one\n✔ two\n');
  });
});

describe('a report in a pipe', () => {
  it('is a line a step, with the time', () => {
    const { stream, out, report } = inPipe();
    report.command('docker build .');
    const activity = report.activity('app');
    activity.item('1', { label: 'RUN make', state: 'running' });
    activity.item('1', { label: 'RUN make', state: 'running', completed: 5 });
    activity.item('1', { label: 'RUN make', state: 'done', elapsed: 3200 });
    activity.item('1', { label: 'RUN make', state: 'done', elapsed: 3200 });
    report.warn('careful');
    activity.done('12MB');
    expect(stream.text).to.match(/^docker build \.\n\[\d\d:\d\d:\d\d\] ▸ app\n/);
    expect(timeless(stream.text)).to.equal(
      'docker build .\n▸ app\napp │ ✔ RUN make  3.2s\ncareful\n✔ app  12MB\n',
    );
    expect(out.text).to.equal('');
  });

  it('is not disturbed by an interactive container', () => {
    const { stream, report } = inPipe();
    const resume = report.suspend();
    report.info('now');
    expect(timeless(stream.text)).to.equal('now\n');
    resume();
  });

  for (const [title, more] of [
    ['TERM=dumb', { TERM: 'dumb' }],
    ['CI', { CI: 'true' }],
  ] as const) {
    it(`is what ${title} gets on a terminal, too`, () => {
      const { terminal, report } = onTerminal({ env: { ...env, ...more } });
      report.activity('app').done('');
      expect(timeless(terminal.text)).to.equal('▸ app\n✔ app\n');
      expect(terminal.raw).not.to.contain('\x1b');
    });
  }

  it('has colours by FORCE_COLOR alone', () => {
    const coloured = inPipe({ env: { LANG: 'C.UTF-8', FORCE_COLOR: '1', NO_COLOR: '1' } });
    coloured.report.warn('careful');
    expect(coloured.stream.text).to.contain('\x1b[33mcareful\x1b[39m');
    const plain = inPipe({ env: { LANG: 'C.UTF-8' } });
    plain.report.warn('careful');
    expect(plain.stream.text).not.to.contain('\x1b');
  });

  it('is ASCII where the locale is', async () => {
    const { stream, report } = await onPlatform('linux', () => inPipe({ env: { LANG: 'C' } }));
    const activity = report.activity('app');
    activity.item('1', { label: 'RUN make', state: 'failed' });
    activity.failed();
    expect(timeless(stream.text)).to.match(/^> app\napp \| x RUN make\nx app {2}failed after \d+\.\ds\n$/);
  });
});

describe('a dry run', () => {
  it('has the commands, bare, on standard output, whatever the level', () => {
    for (const level of ['info', 'silent'] as const) {
      const { stream, out, report } = inPipe({ dryRun: true, level, env: { FORCE_COLOR: '1' } });
      report.command('docker run demo');
      expect(out.text).to.equal('docker run demo\n');
      expect(stream.text).to.equal('');
    }
  });
});

describe('report levels', () => {
  for (const [level, expected] of [
    ['info', 'docker x\ninformation\nwarning\n▸ app\n✔ app\n'],
    ['warn', 'warning\n'],
    ['error', ''],
    ['silent', ''],
  ] as const) {
    it(`show what they are for: ${level}`, () => {
      const { stream, report } = inPipe({ level });
      report.command('docker x');
      report.info('information');
      report.warn('warning');
      report.activity('app').done('');
      expect(timeless(stream.text)).to.equal(expected);
    });
  }

  it("follow gulp's flags", () => {
    expect(levelOfFlags({})).to.equal('info');
    expect(levelOfFlags({ silent: true, logLevel: 4 })).to.equal('silent');
    expect([1, 2, 3, 4].map((logLevel) => levelOfFlags({ logLevel }))).to.deep.equal([
      'error',
      'warn',
      'info',
      'info',
    ]);
  });
});
