import { expect } from 'chai';
import { describeImage, loadProject } from '../../../../../lib/project/index.js';
import { UserError } from '../../../../../lib/text/user-error.js';
import { makeProject, removeProjects } from '../../projects.js';

const APP = { 'docker/app/Dockerfile': 'FROM scratch\n' };

/** The ports of app, and its variables. */
function values(files: Record<string, string>, env: Record<string, string> = {}): string[] {
  const project = loadProject({ root: makeProject({ ...APP, ...files }), env });
  const { ports, environment } = describeImage(project, 'app', { remote: false, env });
  return [...ports, ...environment].map(({ text }) => text);
}

describe('the file of variables', () => {
  after(removeProjects);

  const config = '[app]\nports=-p $PORT:80\n';

  it('docker/.env gives defaults, and the environment counts before it, even where it is empty', () => {
    const files = { 'docker/run.cfg': config, 'docker/.env': 'PORT=8080\n' };
    expect(values(files)).to.deep.equal(['-p', '8080:80']);
    expect(values(files, { PORT: '9090' })).to.deep.equal(['-p', '9090:80']);
    expect(values(files, { PORT: '' })).to.deep.equal(['-p', ':80']);
  });

  it('is another one where env_file= says so', () => {
    const named = `[run_image]\nenv_file=conf/$STAGE.env\n${config}`;
    const files = { 'docker/run.cfg': named, 'docker/.env': 'PORT=1\n', 'conf/test.env': 'PORT=2\n' };
    expect(values(files, { STAGE: 'test' })).to.deep.equal(['-p', '2:80']);
    expect(() => values(files, { STAGE: 'live' })).to.throw(
      UserError,
      'docker/run.cfg:2: env_file= names conf/live.env, which is not there',
    );
    expect(() => values(files)).to.throw(UserError, 'docker/run.cfg:2: $STAGE is not set');
  });

  it('is for what run.cfg replaces alone: -e NAME is of the environment', () => {
    const files = { 'docker/run.cfg': '[app]\nenvironment=-e PORT\n', 'docker/.env': 'PORT=8080\n' };
    expect(values(files)).to.deep.equal(['-e', 'PORT']);
  });

  it('says what is wrong in it, with the line, and no value', () => {
    const wrong = (text: string) => () => values({ 'docker/run.cfg': config, 'docker/.env': text });
    expect(wrong('A=1\nB="secret\n')).to.throw(
      UserError,
      /^docker\/\.env:\d: the value has no " at its end$/,
    );
    expect(wrong('A=${B:?tell me}\n')).to.throw(UserError, 'docker/.env:1: B must be set: tell me');
  });
});
