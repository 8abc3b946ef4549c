import type { Word } from '../../text/word.js';
import type { KeyName } from '../keys/keys.js';
import type { SwarmSettings } from '../types.js';

/** How the values of a section are read: nothing where an operation does not use a key. */
interface Values {
  word: (key: KeyName) => Word | undefined;
  words: (key: KeyName) => readonly Word[];
  list: (key: KeyName) => readonly Word[];
}

/** What a section says of a swarm. */
export function readSwarmSettings({ word, words, list }: Values): SwarmSettings {
  return {
    manager: word('swarm'),
    nodes: list('nodes'),
    replicas: word('replicas'),
    update: words('update'),
    constraints: words('constraints'),
    reserve: words('reserve'),
    secrets: words('secrets'),
    configs: words('configs'),
  };
}
