import { expect } from 'chai';
import { displayWidth } from '../../../lib/report/index.js';
import { KINDS } from '../../../tasks/docker-tasks.js';
import { flagName } from '../../../tasks/flags.js';
import { UserError } from '../../../tasks/index.js';
import { formRows } from '../../../tasks/listing/help.js';
import { PURPOSES } from '../../../tasks/listing/purposes.js';
import { renderRows } from '../../../tasks/listing/usage.js';
import { makeProject, removeProjects } from '../../lib/project/projects.js';
import { inGulp } from '../in-gulp.js';

describe('the task help', () => {
  let root: string;
  before(() => {
    root = makeProject({
      'docker/app/Dockerfile': 'FROM scratch\n',
      'docker/run.cfg': '[run_image]\nsynthetic_images=shell\n[shell]\nname=app\n',
    });
  });
  after(removeProjects);

  const said = async (name: string) => (await inGulp({ root, argv: [name], tasks: [name] })).stdout;

  it('knows every kind of task', () => {
    expect(Object.keys(PURPOSES)).to.have.members(Object.keys(KINDS));
    for (const kind of Object.keys(KINDS)) expect(formRows(kind)).to.not.be.empty;
  });

  it('names all kinds of task and all images', async () => {
    const text = await said('help');
    for (const kind of Object.keys(KINDS)) expect(text).to.include(`  ${kind}`);
    expect(text)
      .to.match(/images +app\n/)
      .and.to.match(/alone +shell\n/);
  });

  it('shows every flag of a kind, those too that gulp --tasks has no room for', async () => {
    for (const [kind, flags] of Object.entries(KINDS)) {
      const text = await said(`help:${kind}`);
      for (const [option, flag] of Object.entries(flags))
        expect(text).to.match(
          new RegExp(`^  --${flagName(option, flag)}\\b.* ${flag.description.slice(0, 10)}`, 'm'),
        );
    }
  });

  it('refuses a kind that is not there', async () => {
    const gulpfile: Parameters<typeof inGulp>[0]['gulpfile'] = (_, { help }) => ({ own: help('rum') });
    const refused = inGulp({ root, argv: ['own'], tasks: ['own'], gulpfile });
    expect((await refused).error)
      .to.be.instanceOf(UserError)
      .with.property('message')
      .that.matches(/no kind of task rum.*"run"/);
  });

  it('fits into the terminal', () => {
    const rows = [['--flag-of-some-length VALUE', 'what it does, at some length, in several words']] as const;
    for (const columns of [30, 50, 80])
      for (const line of renderRows(rows, columns)) expect(displayWidth(line)).to.be.at.most(columns);
    expect(renderRows(rows, 120)).to.have.length(1);
  });
});
