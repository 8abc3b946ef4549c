import { userInfo } from 'node:os';
import { expect } from 'chai';
import { userName, userTag } from '../../../lib/project/user-name.js';

describe('the user of tags', () => {
  it('is who the environment names, as getpass.getuser() of Python has it, else the account', () => {
    expect(userName({ USERNAME: 'd', LNAME: 'c', USER: 'b', LOGNAME: 'a' })).to.equal('a');
    expect(userName({ USERNAME: 'd', LNAME: 'c', USER: '', LOGNAME: '' })).to.equal('c');
    expect(userName({ USERNAME: 'd' })).to.equal('d');
    expect(userName({})).to.equal(userInfo().username);
  });

  for (const [name, tag] of [
    ['Ann Smith', 'Ann-Smith'],
    ['SALES\\ann', 'SALES-ann'],
    ['ann@sales.example', 'ann-sales.example'],
    ['jürgen', 'j-rgen'],
    ['.ann-', 'ann'],
    ['a'.repeat(200), 'a'.repeat(128)],
  ] as const)
    it(`is made fit for a tag: ${name.slice(0, 20)}`, () => expect(userTag(name)).to.equal(tag));

  it('is the number of an account whose name has nothing that a tag could hold', () => {
    // Windows has no numbers of accounts.
    expect(userTag('山田')).to.match(/^(\d+|user)$/);
  });
});
