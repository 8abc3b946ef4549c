import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { machineId } from '../../../lib/system/cache-folder.js';
import { onPosix } from '../../platform.js';

describe('the ID of the machine', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cache-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('stays the same, whatever the machine is called', () => {
    const env = { XDG_CACHE_HOME: folder };
    const id = machineId(env);
    expect(id).to.match(/^[0-9a-f-]{36}$/);
    expect(machineId(env)).to.equal(id);
    expect(readdirSync(join(folder, 'gulp-dockerutils'))).to.deep.equal(['machine-id']);
  });

  onPosix('modes', it)('is for this user alone', () => {
    machineId({ XDG_CACHE_HOME: folder });
    expect(statSync(join(folder, 'gulp-dockerutils', 'machine-id')).mode & 0o777).to.equal(0o600);
  });

  it('is another one for another user', () => {
    expect(machineId({ XDG_CACHE_HOME: join(folder, 'a') })).not.to.equal(
      machineId({ XDG_CACHE_HOME: join(folder, 'b') }),
    );
  });

  it("is the host's name where nothing can be kept", () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(machineId({ XDG_CACHE_HOME: file })).to.equal(hostname());
  });
});
