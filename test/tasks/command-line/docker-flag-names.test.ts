import { expect } from 'chai';
import { buildSyntax } from '../../../lib/build/flags/build-syntax.js';
import type { FlagTable } from '../../../lib/flags/flag-table.js';
import { runSyntax } from '../../../lib/run/flags/run-flags.js';
import { DOCKER_FLAG_NAMES } from '../../../tasks/command-line/docker-flag-names.js';

describe('tasks/command-line/docker-flag-names', () => {
  const named = (flags: FlagTable) =>
    Object.entries(flags).flatMap(([name, { short }]) => [[name, name], ...(short ? [[short, name]] : [])]);

  it('has the names and letters of the flags that are read', () => {
    expect([...DOCKER_FLAG_NAMES.run]).to.deep.equal(named(runSyntax.flags));
    expect([...DOCKER_FLAG_NAMES.build]).to.deep.equal(named(buildSyntax.flags));
  });
});
