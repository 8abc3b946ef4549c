import { trimmed } from '../../text/trim.js';
import { DockerfileError } from './dockerfile-error.js';
import { heredocsOf } from './heredocs.js';
import { type Instruction, readInstruction } from './instruction.js';

/** A Dockerfile as it is written, in its instructions. */
export interface Dockerfile {
  /** The escape character: `\`, or a backtick where a line says so. */
  escape: string;
  /** The frontend that a `# syntax=` line names, which then reads the file instead of the engine's own. */
  syntax?: string;
  instructions: readonly Instruction[];
  /** What BuildKit refuses; the instructions are those before it. */
  problem?: DockerfileError;
}

/**
 * Splits a Dockerfile into its instructions, as BuildKit does: lines that go on, comments and blank lines within them,
 * heredocs, `# escape=`.
 */
export function parseDockerfile(text: string): Dockerfile {
  const lines = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => trimmed(line, /\r/, 'end'));
  const { escape, syntax, problem } = directivesOf(lines);
  const instructions: Instruction[] = [];
  const file = { escape, ...(syntax !== undefined && { syntax }), instructions };
  if (problem) return { ...file, problem };
  try {
    for (let at = 0; at < lines.length;) at = readOne(lines, at, file);
    return file;
  } catch (error) {
    if (error instanceof DockerfileError) return { ...file, problem: error };
    throw error;
  }
}

/**
 * Reads the instruction that begins in a line, where one does.
 * @returns the line behind it
 * @throws {DockerfileError} for a heredoc that does not end
 */
function readOne(
  lines: readonly string[],
  start: number,
  { escape, instructions }: { escape: string; instructions: Instruction[] },
): number {
  const goesOn = escape === '\\' ? /(?<before>[^\\]|^)\\[ \t]*$/ : /(?<before>[^`]|^)`[ \t]*$/;
  let at = start;
  let line = isComment(lines[at]) ? '' : (lines[at]?.trimStart() ?? '');
  let whole = '';
  while (goesOn.test(line)) {
    whole += line.replace(goesOn, '$<before>');
    do at++;
    while (at < lines.length && isSkipped(lines[at]));
    line = lines[at] ?? '';
  }
  whole += line;
  if (whole === '') return at + 1;
  const instruction = readInstruction(whole, start + 1, escape);
  instructions.push(instruction);
  for (const { terminator, indented } of heredocsOf(instruction, escape)) {
    const ends = (one: string) => (indented ? one.replace(/^\t+/, '') : one) === terminator;
    do at++;
    while (at < lines.length && !ends(lines[at] ?? ''));
    if (at >= lines.length) throw new DockerfileError(start + 1, `the heredoc ${terminator} does not end`);
  }
  return at + 1;
}

function isComment(line: string | undefined): boolean {
  return /^\s*#/.test(line ?? '');
}

/** Within an instruction that goes on, blank lines count as little as comments. */
function isSkipped(line: string | undefined): boolean {
  return isComment(line) || line?.trim() === '';
}

const DIRECTIVE = /^\s*#\s*(?<name>[a-zA-Z][a-zA-Z0-9]*)\s*=(?<value>.*)$/s;

/** Directives stand in comments above everything else, each once. */
function directivesOf(lines: readonly string[]): Omit<Dockerfile, 'instructions'> {
  const seen = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    const { name = '', value: untrimmed = '' } = DIRECTIVE.exec(line)?.groups ?? {};
    const [directive, value] = [name.toLowerCase(), untrimmed.trim()];
    if (value === '' || !['syntax', 'escape', 'check'].includes(directive)) break;
    const problem = (sentence: string) => ({
      escape: '\\',
      problem: new DockerfileError(index + 1, sentence),
    });
    if (seen.has(directive)) return problem(`the directive ${directive} stands there twice`);
    if (directive === 'escape' && value !== '\\' && value !== '`')
      return problem(`the escape character is \\ or \`, not ${value}`);
    seen.set(directive, value);
  }
  const syntax = seen.get('syntax');
  return { escape: seen.get('escape') ?? '\\', ...(syntax !== undefined && { syntax }) };
}
