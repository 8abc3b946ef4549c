import { expect } from 'chai';
import { split } from 'shlex';
import type { Image } from '../../../lib/project/types.js';
import { linesOfRun, planRun, type RunOptions, type RunRequest } from '../../../lib/run/index.js';
import type { Word } from '../../../lib/text/word.js';
import { image } from '../../image.js';
import { printed } from '../../platform.js';

const words = (line: string): Word[] =>
  split(line).map((text) => ({ text, origin: { file: 'docker/run.cfg', line: 3 } }));

const bare = image('dev', 'demo-dev:me', {
  synthetic: false,
  folder: '/project/docker/dev',
  dockerfile: '/project/docker/dev/Dockerfile',
});

function plan(section: Partial<Image> = {}, options: RunOptions = {}, more: Partial<RunRequest> = {}) {
  return planRun({
    project: { root: '/project', name: 'project', user: 'me' },
    image: { ...bare, ...section },
    options,
    env: {},
    now: new Date(2026, 0, 2, 3, 4, 5),
    stdinIsTTY: true,
    stdoutIsTTY: true,
    ...more,
  });
}

/** The command line without what every run has. */
function line(...args: Parameters<typeof plan>): string {
  return plan(...args).commandLine.replace('docker run --rm --name me_dev_26-01-02_03.04.05 --init ', '');
}

describe('planRun', () => {
  it('removes the container, names it after user, image and time, and gives it an init', () => {
    expect(plan().commandLine).to.equal(
      'docker run --rm --name me_dev_26-01-02_03.04.05 --init -it demo-dev:me',
    );
  });

  it('makes a name of a user that no name can hold', () => {
    const { commandLine } = plan(
      {},
      {},
      { project: { root: '/project', name: 'project', user: 'SALES\\zoé' } },
    );
    expect(commandLine).to.contain('--name SALES-zo-_dev_26-01-02_03.04.05 ');
  });

  it('says which engine is meant where the docker CLI would take another', () => {
    expect(plan({}, {}, { cliFlags: ['-H', 'ssh://me@server'] }).commandLine).to.match(
      /^docker -H ssh:\/\/me@server run --rm /,
    );
  });

  describe('keeps', () => {
    it('a container by leaving out --rm, and in the background', () => {
      expect(plan({ interactive: words('-it') }, { keep: true }).commandLine).to.equal(
        'docker run --name me_dev_26-01-02_03.04.05 --init -d demo-dev:me',
      );
    });
  });

  describe('copies outputs', () => {
    const origin = { file: 'docker/run.cfg', line: 7 };
    const outputs = [
      { from: '/app/reports', to: '/project/reports', within: true, origin },
      { from: '/app/out.xml', to: '/project/reports/junit.xml', within: true, origin },
    ];

    it('with the container still there, which is removed behind that', () => {
      const planned = plan({}, {}, { outputs, cliFlags: ['-H', 'ssh://me@server'] });
      const name = 'me_dev_26-01-02_03.04.05';
      const docker = 'docker -H ssh://me@server';
      expect(linesOfRun(planned)).to.eql([
        `${docker} run --name ${name} --init -it demo-dev:me`,
        `${docker} cp ${name}:/app/reports /project`,
        `${docker} cp ${name}:/app/out.xml /project/reports/junit.xml`,
        `${docker} rm -f -v ${name}`,
      ]);
      expect(planned.request.body.HostConfig.AutoRemove).to.equal(false);
    });

    it('of no run in the background, which is as it would be without', () => {
      const planned = plan({ interactive: words('-d') }, {}, { outputs });
      expect(linesOfRun(planned)).to.eql([plan({ interactive: words('-d') }).commandLine]);
      expect(planned.outputs).to.equal(outputs);
    });

    it('not together with a --rm of its own', () => {
      expect(() => plan({ args: words('--rm') }, {}, { outputs })).to.throw(
        'docker/run.cfg:7: outputs= wants the container',
      );
    });
  });

  describe('connects', () => {
    it('a terminal by -it, a pipe by -i, on either side', () => {
      expect(line()).to.equal('-it demo-dev:me');
      expect(line({}, {}, { stdinIsTTY: false })).to.equal('-i demo-dev:me');
      expect(line({}, {}, { stdoutIsTTY: false })).to.equal('-i demo-dev:me');
    });

    it('as the section says, and nothing where it says nothing', () => {
      expect(line({ interactive: words('-t') })).to.equal('-t demo-dev:me');
      expect(line({ interactive: [] })).to.equal('demo-dev:me');
    });

    it('as this run says before the section', () => {
      expect(line({ interactive: words('-it') }, { interactive: '-i' })).to.equal('-i demo-dev:me');
      expect(line({ interactive: words('-it') }, { interactive: '' })).to.equal('demo-dev:me');
    });

    it('no input to a second container that nobody spoke of', () => {
      expect(plan().withoutInput?.().commandLine).to.match(/ --init demo-dev:me$/);
      expect(plan({ interactive: words('-i') }).withoutInput).to.equal(undefined);
      expect(plan({}, { keep: true }).withoutInput).to.equal(undefined);
    });
  });

  it('puts the words of the section in the order of the keys, args last, then the command', () => {
    const section: Partial<Image> = {
      environment: words('-e A=1'),
      env: words('"B=two words"'),
      volumes: words('-v /src:/work'),
      ports: words('-p 80:80'),
      network: words('backend')[0],
      args: words('--memory 1g'),
      cmd: words('sh -c "a; b"'),
    };
    expect(line(section, { env: ['A=2'] })).to.equal(
      printed(
        "-it -e A=1 -e B='two words' -v /src:/work -p 80:80 --network backend -e A=2 --memory 1g " +
          "demo-dev:me sh -c 'a; b'",
      ),
    );
  });

  it('lets options replace command, network and args', () => {
    const section = { network: words('backend')[0], args: words('--memory 1g'), cmd: words('serve') };
    expect(line(section, { command: 'sh -c "echo hi"', network: 'other', args: '--cpus 2' })).to.equal(
      "-it --network other --cpus 2 demo-dev:me sh -c 'echo hi'",
    );
    expect(line(section, { command: '', args: '' })).to.equal('-it --network backend demo-dev:me');
  });

  describe('GPU', () => {
    const environment = '-e NVIDIA_VISIBLE_DEVICES=all -e CPU_GPU_ENV=/gpu-env';

    it('is there where the section says so, and else only where it is asked for', () => {
      expect(line({ gpu: words('--gpus 1') })).to.equal('-it --gpus 1 demo-dev:me');
      expect(line()).to.equal('-it demo-dev:me');
    });

    it('is had by the nvidia runtime, or by --gpus where the engine has none', () => {
      const gpu = { gpu: true };
      expect(line({}, gpu)).to.equal(`-it --runtime=nvidia ${environment} demo-dev:me`);
      expect(line({}, gpu, { runtimes: ['nvidia', 'runc'] })).to.contain('--runtime=nvidia');
      expect(line({}, gpu, { runtimes: ['runc'] })).to.equal(`-it --gpus all ${environment} demo-dev:me`);
    });

    it('is had as the section says', () => {
      expect(line({ gpu: words('--gpus 1') }, { gpu: true }, { runtimes: ['runc'] })).to.equal(
        '-it --gpus 1 demo-dev:me',
      );
    });
  });

  it('passes AWS credentials on by name, never by value, and the section may set others', () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'hidden', AWS_REGION: '' };
    const { commandLine, request } = plan({ environment: words('-e AWS_ACCESS_KEY_ID=mine') }, {}, { env });
    expect(commandLine).to.contain('-e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY -e AWS_ACCESS_KEY_ID=***');
    expect(commandLine).not.to.contain('hidden');
    expect(request.body.Env).to.have.members(['AWS_ACCESS_KEY_ID=mine', 'AWS_SECRET_ACCESS_KEY=hidden']);
  });

  it('names file and line of a flag that docker run does not take', () => {
    expect(() => plan({ args: words('--memroy 1g') })).to.throw(
      /^docker\/run\.cfg:3: unknown flag: --memroy \(did you mean "memory"\?\)$/,
    );
  });

  it('refuses a check of signatures, which is no matter of the engine', () => {
    expect(() => plan({ args: words('--disable-content-trust=false') })).to.throw('cannot be had here');
  });

  it('refuses an option with an open quote', () => {
    expect(() => plan({}, { command: 'sh -c "echo' })).to.throw('--command: the quote " is not closed');
  });
});
