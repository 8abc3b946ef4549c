import { expect } from 'chai';
import { BUILD_FLAGS } from '../../tasks/build-options.js';
import { type AnyFlagTable, flagName } from '../../tasks/flags.js';
import { PUBLISH_FLAGS } from '../../tasks/publish.js';
import { RUN_FLAGS } from '../../tasks/run.js';
import { TRANSFER_FLAGS } from '../../tasks/transfer.js';
import { type BrokenEngine, brokenEngine, saying } from '../broken-engine.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { runBin } from '../tasks/run-bin.js';

interface Case {
  flags: AnyFlagTable;
  /** A value for every flag that has one. */
  values: Readonly<Record<string, string>>;
}

const CASES: Readonly<Record<string, Case>> = {
  'build-image app': {
    flags: BUILD_FLAGS,
    values: {
      tag: 'qtag',
      'image-name': 'qowner/qimage',
      host: 'qhost',
      'build-arg': 'QARG=qvalue',
      target: 'first',
      platform: 'linux/arm64',
      secret: 'id=qsecret,env=HOME',
      ssh: 'qagent=/dev/null',
      label: 'qlabel=qtext',
      progress: 'plain',
      output: 'made',
      'build-args': '--label qother=qmore',
    },
  },
  'run-image app': {
    flags: RUN_FLAGS,
    values: {
      command: 'qcommand',
      tag: 'qtag',
      network: 'qnetwork',
      env: 'QNAME=qvalue',
      volume: '/qhere:/qthere',
      publish: '4321:4321',
      args: '--label qlabel=qtext',
      interactive: '-i',
      host: 'qhost',
    },
  },
  'publish-image app': {
    flags: PUBLISH_FLAGS,
    values: { to: 'registry.example/qname', tag: 'qtag', 'image-name': 'qowner/qimage' },
  },
  'transfer-image app': { flags: TRANSFER_FLAGS, values: { tag: 'qtag', platform: 'linux/amd64' } },
};

describe('the dry run of a command', function () {
  let root: string;
  let source: BrokenEngine;
  let target: BrokenEngine;
  before(async () => {
    root = makeProject({ 'docker/app/Dockerfile': 'FROM scratch AS first\nFROM scratch\n' });
    source = await brokenEngine({});
    target = await brokenEngine({
      'GET /images/json': saying([]),
      'GET /images/': saying({ message: 'no such image' }, 404),
    });
  });
  after(async () => {
    removeProjects();
    await source[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  for (const [command, { flags, values }] of Object.entries(CASES))
    it(`${command} shows the value of each flag`, async () => {
      const ends = command.startsWith('transfer') ? { host: target.url, from: source.url } : {};
      const given = { ...values, ...ends };
      const takingValues = Object.entries(flags).filter(([, { type }]) => type !== 'boolean');
      expect(Object.keys(given)).to.have.members(
        takingValues.map(([option, flag]) => flagName(option, flag)),
      );
      const words = Object.entries(given).map(([name, value]) => `--${name}=${value}`);
      const { output, status } = await runBin(
        [...command.split(' '), ...words, '--dry-run'],
        root,
        source.url,
      );
      expect(status, output).to.equal(0);
      for (const value of Object.values(given)) expect(output).to.include(value);
    });

  for (const command of ['genversion', 'gulp-dockerutils init'])
    it(`${command} takes nothing else`, async () => {
      for (const word of ['--qflag', 'qword', '--tag=qtag']) {
        const { output, status } = await runBin([...command.split(' '), word, '--dry-run'], root, source.url);
        expect(status, output).to.equal(2);
        expect(output).to.not.match(/would write|version \d/);
      }
    });
});
