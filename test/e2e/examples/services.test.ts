import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type OpenExample, openExample } from './example.js';

describe('examples/services', () => {
  let example: OpenExample;
  before(async function () {
    example = await openExample(this, 'services', { engine: '28-containerd' });
    example.env.LOGNAME = `example-${process.pid}`;
  });
  after(() => example?.close());

  const left = async () => {
    const filters = { label: [`gulp-dockerutils.project=services/example-${process.pid}`] };
    const containers = await example.engine.docker.listContainers({ all: true, filters });
    return containers.map(({ Labels }) => Labels['gulp-dockerutils.image']);
  };

  it('runs the tests beside a database that has its tables, and leaves nothing', async () => {
    const { status, stdout, stderr } = await example.gulp('test');
    expect(status, stderr).to.equal(0);
    expect(stdout).to.include('3 passed');
    expect(await left()).to.deep.equal([]);
  });

  it('stops the database of tests that fail, and shows what it wrote', async () => {
    const file = join(example.folder, 'tests/test_guestbook.py');
    const tests = await readFile(file, 'utf8');
    await writeFile(file, tests.replace('with pytest.raises(pg8000.DatabaseError):', 'if True:'));
    const { status, stdout, stderr } = await example.gulp('test');
    expect(status).to.equal(1);
    expect(stdout).to.include('1 failed, 2 passed');
    expect(stderr).to.match(/ERROR: {2}duplicate key value violates unique constraint/);
    expect(await left()).to.deep.equal([]);
  });

  it('has the database by hand', async () => {
    const started = await example.gulp('start:db');
    expect(started.status, started.stderr).to.equal(0);
    expect(await left()).to.deep.equal(['db']);
    const asked = await example.gulp(
      ...['exec:db', '--silent', '--command', 'psql -U postgres -tAc "select 6 * 7"'],
    );
    expect(asked.stdout, asked.stderr).to.equal('42\n');
    const stopped = await example.gulp('stop:db');
    expect(stopped.status, stopped.stderr).to.equal(0);
    expect(await left()).to.deep.equal([]);
  });
});
