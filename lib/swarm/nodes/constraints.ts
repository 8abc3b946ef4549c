import type { SwarmNode } from '../../engine/swarm/nodes.js';
import { FlagError } from '../../text/flag-error.js';
import type { Word } from '../../text/word.js';

/** Whether a node fulfils a constraint. */
export type Constraint = (node: SwarmNode) => boolean;

/**
 * Reads `node.role==worker` and its like, as swarmkit's constraint package does: case does not count.
 *
 * @throws {FlagError} `BAD_VALUE` with its place for what is no constraint, or one that a swarm would take for never fulfilled
 */
export function readConstraint(word: Word): Constraint {
  const { text } = word;
  const [key, operator, wanted] = text.split(/(==|!=)/, 3).map((part) => part.trim());
  if (!KEY.test(key ?? '') || key === undefined || wanted === undefined || !VALUE.test(wanted)) {
    const sentence = `${JSON.stringify(text)} is no constraint: write one word such as node.role==worker, in quotes where it has blanks`;
    throw new FlagError('BAD_VALUE', sentence, word);
  }
  const value = valueOf(key);
  if (!value) {
    const sentence = `${JSON.stringify(key)} is nothing that nodes are chosen by here: there are ${KNOWN}`;
    throw new FlagError('BAD_VALUE', sentence, word);
  }
  const isMeant = (node: SwarmNode) => same(value(node), wanted);
  return operator === '==' ? isMeant : (node) => !isMeant(node);
}

const KEY = /^[a-z_][a-z0-9\-_.]+$/i;
const VALUE = /^[a-z0-9:\-_\s.*()?+[\]\\^$|/]+$/i;

type Value = (node: SwarmNode) => string;

const VALUES: Readonly<Record<string, Value>> = {
  'node.id': ({ id }) => id,
  'node.hostname': ({ hostname }) => hostname,
  'node.role': ({ role }) => role,
  'node.platform.os': ({ os }) => os,
  'node.platform.arch': ({ machine }) => machine,
};

const KNOWN = `${Object.keys(VALUES).join(', ')}, node.labels.… and engine.labels.…`;

function valueOf(key: string): Value | undefined {
  const [, kind = '', label = ''] = /^(node|engine)\.labels\.(.+)$/i.exec(key) ?? [];
  if (label === '') return Object.hasOwn(VALUES, key.toLowerCase()) ? VALUES[key.toLowerCase()] : undefined;
  return ({ labels, engineLabels }) => {
    const own = kind.toLowerCase() === 'node' ? labels : engineLabels;
    return (Object.hasOwn(own, label) ? own[label] : undefined) ?? '';
  };
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.trim().toLowerCase();
}
