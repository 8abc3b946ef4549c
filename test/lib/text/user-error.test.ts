import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { FlagError } from '../../../lib/text/flag-error.js';
import { UserError } from '../../../lib/text/user-error.js';
import { onPosix } from '../../platform.js';

const FILE = fileURLToPath(new URL('../../../lib/text/user-error.ts', import.meta.url));

describe('a UserError', () => {
  onPosix('loading', it)(
    'is known by another copy of its class, of which tsx makes one where a gulpfile is CommonJS',
    async () => {
      const required = createRequire(import.meta.url)(FILE) as {
        UserError: typeof UserError;
      };
      const imported = (await import(`${pathToFileURL(FILE).href}?another`)) as typeof required;
      const copies = [...new Set([UserError, required.UserError, imported.UserError])];
      expect(copies.length).to.be.greaterThan(1);
      for (const Thrown of copies)
        for (const Known of copies) expect(new Thrown('A_CODE', 'a sentence')).to.be.instanceOf(Known);
    },
  );

  it('is told from other errors, and from errors of its subclasses', () => {
    const plain = new UserError('A_CODE', 'a sentence');
    const flag = new FlagError('BAD_VALUE', 'a sentence');
    expect([flag instanceof UserError, flag instanceof FlagError]).to.deep.equal([true, true]);
    expect([plain instanceof FlagError, new Error('no') instanceof UserError]).to.deep.equal([false, false]);
    for (const other of [undefined, null, 'text', {}]) expect(other instanceof UserError).to.equal(false);
  });
});
