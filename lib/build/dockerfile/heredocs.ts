import { type Instruction, jsonWords, triggerOf } from './instruction.js';
import { expandWords } from './shell-word.js';

/** Lines behind an instruction that belong to it. */
export interface Heredoc {
  /** The line that ends them. */
  terminator: string;
  /** Whether tabs may stand before that (`<<-`). */
  indented: boolean;
}

const NONE = new Map<string, string>();

/** The heredocs that an instruction begins, in their order. */
export function heredocsOf(instruction: Instruction, escape: string): Heredoc[] {
  const inner = instruction.keyword === 'ONBUILD' ? triggerOf(instruction, escape) : instruction;
  if (!['ADD', 'COPY', 'RUN'].includes(inner.keyword) || !instruction.text.includes('<<') || jsonWords(inner))
    return [];
  return wordsOf(instruction.text).flatMap((word) => {
    const [, dash, name] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? [];
    if (name === undefined) return [];
    const [terminator, ...more] = expandWords(name.trimStart(), NONE, { keepUnset: true });
    return terminator === undefined || more.length > 0 ? [] : { terminator, indented: dash === '-' };
  });
}

/** A line that no shell could read has none. */
function wordsOf(text: string): string[] {
  try {
    return expandWords(text, NONE, { raw: true });
  } catch {
    return [];
  }
}
