import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import {
  beginTransferId,
  endTransferId,
  isLeftover,
  temporaryName,
  transferIdOf,
} from '../../../../lib/transfer/base/temporary-names.js';

const HOUR = 3600_000;

describe('temporary images', () => {
  it('are left alone while their transfer runs', () => {
    const id = beginTransferId('app:1');
    expect(isLeftover(id, 'app:1')).to.equal(false);
    endTransferId(id);
    expect(isLeftover(id, 'app:1')).to.equal(true);
  });

  it('of a process that is gone are left over at once for the same image, after an hour for others', () => {
    const { pid } = spawnSync('true');
    const id = beginTransferId('app:1').replace(`-${process.pid}-`, `-${pid}-`);
    expect(isLeftover(id, 'app:1')).to.equal(true);
    expect(isLeftover(id, 'app:2')).to.equal(false);
    expect(isLeftover(id, 'app:2', Date.now() + 2 * HOUR)).to.equal(true);
  });

  it('of other machines are left over after a day', () => {
    const id = beginTransferId('app:1').replace(/^(\w+)-\w+/, '$1-0123abcd');
    expect(isLeftover(id, 'app:1', Date.now() + 23 * HOUR)).to.equal(false);
    expect(isLeftover(id, 'app:1', Date.now() + 25 * HOUR)).to.equal(true);
  });

  it('of a process that cannot be seen from here, such as one of another container, are nobody’s leftovers', function () {
    const id = beginTransferId('app:1');
    const module = new URL('../../../../lib/transfer/base/temporary-names.ts', import.meta.url).href;
    const program = `
      const { isLeftover } = await import(${JSON.stringify(module)});
      console.log(isLeftover(${JSON.stringify(id)}, 'app:1'));`;
    const elsewhere = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', process.execPath];
    const args = [...elsewhere, '--import', 'tsx', '--input-type=module', '--eval', program];
    const { status, stdout } = spawnSync('unshare', args, { encoding: 'utf8' });
    if (status !== 0) this.skip(); // A machine may forbid such namespaces.
    expect(stdout.trim()).to.equal('false');
  });

  it('carry names that a tag can hold', () => {
    const id = beginTransferId('registry:5000/some/app:1');
    const name = temporaryName(id, `excerpt-${'0'.repeat(12)}`);
    expect(name).to.match(/^[\w-]+:\w[\w.-]{0,127}$/);
    expect(transferIdOf(name)).to.equal(id);
    expect(transferIdOf('app:1')).to.equal(undefined);
  });

  it('that somebody else has named so are nobody’s leftovers', () => {
    for (const id of ['', 'latest', '1', 'a-b-c'])
      expect(isLeftover(id, 'app:1', Date.now() + 99 * HOUR)).to.equal(false);
  });
});
