import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { placeOfBind, planSync } from '../../../lib/live/index.js';

const EMPTY = { Volumes: {}, HostConfig: { Binds: null, ReadonlyRootfs: false } };

describe('what is synced', () => {
  const root = mkdtempSync(join(tmpdir(), 'sync-plan-'));
  const place = { root, prefix: 'live' };
  const bind = (path: string, target: string) => ({ source: join(root, path), target, readOnly: false });

  before(() => {
    mkdirSync(join(root, 'src'));
    writeFileSync(join(root, 'src/conf.ini'), '');
  });
  after(() => rmSync(root, { recursive: true }));

  it('is of the project: folders become volumes, files nothing, and all else stays', () => {
    expect(placeOfBind({ source: root }, place)).to.deep.equal({ volume: 'live-project' });
    expect(placeOfBind({ source: join(root, 'src') }, place)).to.deep.equal({ volume: 'live-src' });
    expect(placeOfBind({ source: join(root, 'src/conf.ini') }, place)).to.equal('nothing');
    expect(placeOfBind({ source: '/etc' }, place)).to.equal(undefined);
    expect(placeOfBind({ source: `${root}-other` }, place)).to.equal(undefined);
  });

  it('must be there', () => {
    expect(() => placeOfBind({ source: join(root, 'gone') }, place))
      .to.throw(/gone is to be mounted, but there is nothing/)
      .with.property('code', 'NOTHING_TO_SYNC');
  });

  it('is not what something else is mounted over', () => {
    const mounts = {
      Volumes: { '/app/node_modules': {} },
      HostConfig: {
        Binds: ['live-project:/app:nocopy', 'live-src:/app/src:nocopy', '/cache:/app/cache'],
        Mounts: [{ Target: '/app/data' }, { Target: '/elsewhere' }],
        Tmpfs: { '/app/tmp': '' },
        ReadonlyRootfs: true,
      },
    };
    const binds = [bind('', '/app'), bind('src', '/app/src'), bind('src/conf.ini', '/app/conf.ini')];
    const { volumes, trees } = planSync(binds, mounts, place);
    expect(volumes).to.deep.equal(['live-project', 'live-src']);
    expect(trees).to.deep.equal([
      {
        source: root,
        to: { volume: 0, path: '' },
        hidden: ['src', 'conf.ini', 'node_modules', 'cache', 'data', 'tmp'],
      },
      { source: join(root, 'src'), to: { volume: 1, path: '' }, hidden: [] },
      { source: join(root, 'src'), only: 'conf.ini', to: { volume: 0, path: 'conf.ini' }, hidden: [] },
    ]);
  });

  it('may be one file in the container itself, where that can be written to', () => {
    const binds = [bind('src/conf.ini', '/etc/conf.ini')];
    expect(planSync(binds, EMPTY, place).trees[0]?.to).to.deep.equal({ file: '/etc/conf.ini' });
    const readOnly = { ...EMPTY, HostConfig: { ...EMPTY.HostConfig, ReadonlyRootfs: true } };
    expect(() => planSync(binds, readOnly, place)).to.throw(/read-only: mount the folder/);
  });

  it('goes into one volume for a folder that is mounted twice', () => {
    const { volumes, trees, comments } = planSync([bind('src', '/a'), bind('src', '/b')], EMPTY, place);
    expect(volumes).to.deep.equal(['live-src']);
    expect(trees).to.have.length(1);
    expect(comments).to.deep.equal(['# /a is kept as src is here', '# /b is kept as src is here']);
  });
});
