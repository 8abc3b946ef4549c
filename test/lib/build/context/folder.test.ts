import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { folderContext } from '../../../../lib/build/context/folder.js';
import { onPlatform, onPosix } from '../../../platform.js';

describe('a folder as the context', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'context-'));
    mkdirSync(join(root, 'folder'));
    writeFileSync(join(root, 'script.sh'), '#!/bin/sh\n');
    symlinkSync('script.sh', join(root, 'link'));
    // As Windows has them.
    chmodSync(join(root, 'folder'), 0o666);
    chmodSync(join(root, 'script.sh'), 0o666);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const modes = () =>
    ['folder', 'script.sh', 'link'].map((name) => folderContext(root).lookup(name)?.mode.toString(8));

  it('has modes of Linux on Windows, too, which has neither rights of others nor executable files', async () => {
    expect(await onPlatform('win32', modes)).to.deep.equal(['40755', '100755', '120755']);
  });

  onPosix('modes', it)('has the modes of its files', () => {
    expect(modes()).to.deep.equal(['40666', '100666', '120777']);
  });
});
