import { expect } from 'chai';
import { describeImage, loadProject, readinessText } from '../../../../lib/project/index.js';
import { projectWith, removeProjects, userErrorOf } from '../projects.js';

const DB = '[db]\nname=postgres:16\nprefix=False\n';

function service(section: string, name = 'dev', others = DB) {
  const project = loadProject({ root: projectWith(`[dev]\n${section}\n${others}`), env: { LOGNAME: 'ann' } });
  return describeImage(project, name, { remote: false, env: {}, operation: 'run' }).service;
}

const refusal = (section: string, others?: string) => userErrorOf(() => service(section, 'dev', others));

describe('what a section says of services', () => {
  after(removeProjects);

  it('is nothing unless it says so', () => {
    expect(service('cmd=sh')).to.deep.equal({ dependsOn: [], reuse: false });
  });

  it("is what it depends on, in compose's words", () => {
    const { dependsOn } = service(
      'depends_on=db, base:service_completed_successfully\n  cache:service_started',
      'dev',
      `${DB}[cache]\nname=redis:7\nprefix=no\n`,
    );
    expect(dependsOn.map(({ name, condition, origin }) => [name, condition, origin?.line])).to.deep.equal([
      ['db', undefined, 2],
      ['base', 'service_completed_successfully', 2],
      ['cache', 'service_started', 3],
    ]);
  });

  it('is when it is ready', () => {
    const said = ['running', 'healthy', 'port 5432', 'http 80 /', 'log "ready to \\"go\\"" 2', 'exit 0'];
    for (const text of said) {
      const { ready } = service(`ready=${text}`);
      expect(ready && readinessText(ready)).to.equal(text);
    }
    expect(service('ready=http 8080').ready).to.deep.equal({ kind: 'http', port: 8080, path: '/' });
    expect(service('ready=log up').ready).to.deep.equal({ kind: 'log', text: 'up', times: 1 });
  });

  it('is how long it may take', () => {
    expect(service('ready_timeout=1m30s\nstop_timeout=5')).to.include({
      readyTimeout: 90_000,
      stopTimeout: 5,
    });
    expect(service('ready_timeout=0.5s')).to.include({ readyTimeout: 500 });
  });

  for (const [section, sentence] of [
    [
      'depends_on=bd',
      'depends_on= of [dev] names "bd", which is neither an image nor a section that could be one; known are base, db',
    ],
    ['depends_on=dev', 'depends_on= of [dev] names the section itself'],
    ['depends_on=db db', 'depends_on= of [dev] names db twice'],
    [
      'depends_on=db:healthy',
      'depends_on= of [dev] has the condition "healthy"; there are service_started, service_healthy, service_completed_successfully',
    ],
    [
      'depends_on=db:service_healty',
      'depends_on= of [dev] has the condition "service_healty" (did you mean "service_healthy"?)',
    ],
    ['ready=prt 5432', 'ready= of [dev] begins with "prt" (did you mean "port"?)'],
    [
      'ready=',
      'ready= of [dev] is empty; there are running, healthy, port NUMBER, http PORT [PATH], log "text" [TIMES], exit STATUS',
    ],
    ['ready=port', 'ready= of [dev] takes port NUMBER, found "port"'],
    ['ready=port 0', 'ready= of [dev] takes port NUMBER, found "port 0"'],
    ['ready=port 1 2', 'ready= of [dev] takes port NUMBER, found "port 1 2"'],
    ['ready=http 80 health', 'ready= of [dev] takes http PORT [PATH], found "http 80 health"'],
    ['ready=log a b', 'ready= of [dev] takes log "text" [TIMES], found "log a b"'],
    ['ready=exit 256', 'ready= of [dev] takes exit STATUS, found "exit 256"'],
    [
      'ready=exit 0\nreuse=yes',
      'reuse= of [dev] makes no sense with ready=exit: what has ended cannot be used again',
    ],
    [
      'ready_timeout=soon',
      'ready_timeout= of [dev] takes a time such as 90s or 1m30s, of a day at most, found "soon"',
    ],
    ['ready_timeout=0', 'ready_timeout= of [dev] gives it no time at all'],
    ['stop_timeout=500ms', 'stop_timeout= of [dev] takes whole seconds, found 500 ms'],
    [
      'stop_timeout=-1s',
      'stop_timeout= of [dev] takes a time such as 90s or 1m30s, of a day at most, found "-1s"',
    ],
  ] as const)
    it(`is refused: ${section.replace('\n', ', ')}`, () => {
      const { code, message } = refusal(section);
      expect(code).to.equal('BAD_SECTION');
      expect(message.replace(/^docker\/run\.cfg:\d+: /, '')).to.equal(sentence);
    });

  it('stops no other operation', () => {
    const project = loadProject({ root: projectWith('[dev]\nready=prt 1\n'), env: {} });
    expect(() =>
      describeImage(project, 'dev', { remote: false, env: {}, operation: 'build' }),
    ).not.to.throw();
  });
});

describe('a section that an image depends on', () => {
  after(removeProjects);
  const load = (config: string) => loadProject({ root: projectWith(config), env: { LOGNAME: 'ann' } });

  it('is a synthetic image, and so is what that depends on', () => {
    const { synthetic, warnings } = load(
      `[dev]\ndepends_on=migrate:service_completed_successfully\n[migrate]\nname=dev\ndepends_on=db\n${DB}`,
    );
    expect(synthetic).to.deep.equal(['migrate', 'db']);
    expect(warnings).to.deep.equal([]);
  });

  it('comes from outside with its tag in its name, or beside it', () => {
    const reference = (section: string) =>
      describeImage(load(`[dev]\ndepends_on=db\n[db]\n${section}\n`), 'db', { remote: false, env: {} })
        .reference;
    expect(reference('name=postgres:16\nprefix=False')).to.equal('postgres:16');
    expect(reference('name=registry.example.com:5000/pg:16\nprefix=False')).to.equal(
      'registry.example.com:5000/pg:16',
    );
    expect(reference('name=registry.example.com:5000/pg\ntag=16\nprefix=False')).to.equal(
      'registry.example.com:5000/pg:16',
    );
    expect(() => reference('name=postgres:16\ntag=15\nprefix=False')).to.throw(
      'tag= of [db] stands beside name=postgres:16, which has a tag: leave out one of them',
    );
    expect(() => reference('name=dev:16')).to.throw('must be an image, found "dev:16"');
  });

  it('is none where it holds variables, or lists images', () => {
    const message = (name: string) =>
      userErrorOf(() =>
        describeImage(load(`[dev]\nenv=vars\ndepends_on=${name}\n[vars]\nA=1\n`), 'dev', {
          remote: false,
          env: {},
        }),
      ).message;
    expect(message('vars')).to.include('names "vars", which is neither an image nor a section');
    expect(message('run_image')).to.include('names "run_image", which is neither an image nor a section');
  });
});
