import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { computeVersion, STYLES } from '../../../lib/version/index.js';
import { many } from '../../circle.js';
import { askedEnvironment } from '../../oracle/version/answers.js';
import { randomRecipe, versioneer, writeFiles } from '../../oracle/version/cases.js';
import { RepositoryBuilder } from '../../oracle/version/repository.js';
import { onPosix } from '../../platform.js';

const PYTHON = '/usr/bin/python3';

describe('computeVersion over random histories', function () {
  this.timeout(600_000);

  onPosix('scripts', it)(
    'agrees with the versioneer that is installed',
    async function (this: Mocha.Context) {
      if (!isInstalled()) this.skip();
      using builder = new RepositoryBuilder();
      const ask = join(import.meta.dirname, '../../oracle/version/ask.py');
      let histories = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.gen(),
          fc.constantFrom(...STYLES),
          fc.constantFrom('', 'v'),
          async (draw, style, prefix) => {
            const root = builder.build(randomRecipe((limit) => draw(fc.nat, { max: limit - 1 })));
            const question = versioneer('random', { style, tag_prefix: prefix });
            const job = { tool: 'versioneer', root, files: question.files, env: askedEnvironment() };
            const [theirs] = JSON.parse(
              execFileSync(PYTHON, [ask], { input: JSON.stringify([job]) }).toString(),
            ) as unknown[];
            writeFiles(root, question.files);
            const { dictionary } = await computeVersion(root, { env: askedEnvironment() });
            histories++;
            expect(dictionary).to.deep.equal(theirs);
          },
        ),
        { numRuns: Number(process.env.HISTORIES ?? many(5, 100)) },
      );
      console.log(`      ${histories} random histories`);
    },
  );
});

function isInstalled(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import versioneer'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
