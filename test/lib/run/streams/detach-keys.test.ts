import { expect } from 'chai';
import { DetachKeyWatcher, parseDetachKeys } from '../../../../lib/run/streams/detach-keys.js';

describe('parseDetachKeys', () => {
  it('reads control keys and characters', () => {
    expect(parseDetachKeys('ctrl-p,ctrl-q')).to.deep.equal([16, 17]);
    expect(parseDetachKeys('ctrl-@,ctrl-[,ctrl-_,a')).to.deep.equal([0, 27, 31, 97]);
  });

  for (const keys of ['', 'ctrl-', 'ctrl-1', 'ab', 'ctrl-p,', 'é']) {
    it(`refuses "${keys}"`, () => {
      expect(() => parseDetachKeys(keys)).to.throw(`The detach keys "${keys}" cannot be read`);
    });
  }
});

describe('DetachKeyWatcher', () => {
  function typed(keys: string, ...inputs: string[]): [forward: string, detached: boolean] {
    const watcher = new DetachKeyWatcher(parseDetachKeys(keys));
    let all = '';
    for (const input of inputs) {
      const { forward, detached } = watcher.filter(Buffer.from(input, 'latin1'));
      all += Buffer.from(forward).toString('latin1');
      if (detached) return [all, true];
    }
    return [all, false];
  }

  it('forwards everything else', () => {
    expect(typed('ctrl-p,ctrl-q', 'hello\n', '\x11')).to.deep.equal(['hello\n\x11', false]);
  });

  it('finds the keys in one piece, in several, and behind other input', () => {
    expect(typed('ctrl-p,ctrl-q', '\x10\x11')).to.deep.equal(['', true]);
    expect(typed('ctrl-p,ctrl-q', '\x10', '\x11')).to.deep.equal(['', true]);
    expect(typed('ctrl-p,ctrl-q', 'ls\x10\x11rest')).to.deep.equal(['ls', true]);
  });

  it('holds the first key until the next one decides', () => {
    expect(typed('ctrl-p,ctrl-q', '\x10')).to.deep.equal(['', false]);
    expect(typed('ctrl-p,ctrl-q', '\x10', 'x')).to.deep.equal(['\x10x', false]);
  });

  it('begins again with the key that broke the sequence', () => {
    expect(typed('ctrl-p,ctrl-q', '\x10\x10\x11')).to.deep.equal(['\x10', true]);
    expect(typed('a,a,b', 'aaab')).to.deep.equal(['a', true]);
  });
});
