import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { listenTogether } from '../../../lib/system/shared-listener.js';

describe('listeners that listen together', () => {
  it('are one to the emitter, and each hears until it is ended', () => {
    const emitter = new EventEmitter();
    const heard: string[] = [];
    const ends = ['a', 'b', 'c'].map((name) =>
      listenTogether(emitter, 'word', (word: string) => heard.push(`${name} ${word}`)),
    );
    expect(emitter.listenerCount('word')).to.equal(1);
    emitter.emit('word', 'one');
    ends[1]?.();
    ends[1]?.();
    emitter.emit('word', 'two');
    expect(heard).to.deep.equal(['a one', 'b one', 'c one', 'a two', 'c two']);
    ends.forEach((end) => end());
    expect(emitter.listenerCount('word')).to.equal(0);
  });
});
