/** A Dockerfile whose context is the project, and what could not be made so. */
export interface Rebased {
  text: string;
  problems: readonly { line: number; message: string }[];
}

/**
 * A Dockerfile as it has to be where its context, a folder of the project, becomes the project itself: what COPY and ADD
 * take from the context is in that folder.
 *
 * @param context relative to the project; `.` for the project itself
 */
export function rebasedDockerfile(text: string, context: string): Rebased {
  if (context === '.') return { text, problems: [] };
  const problems: { line: number; message: string }[] = [];
  const instructions = instructionsOf(text).map(({ line, text: instruction }) => {
    const [, keyword = ''] = /^\s*(?:ONBUILD\s+)?([A-Za-z]+)\s/.exec(instruction) ?? [];
    if (/^(?:COPY|ADD)$/i.test(keyword)) return rebasedCopy(instruction, context);
    if (/^RUN$/i.test(keyword) && bindsContext(instruction))
      problems.push({ line, message: `mounts a part of the context: its source= is below ${context}/ now` });
    return instruction;
  });
  return { text: instructions.join('\n'), problems };
}

/** Patterns of a folder's .dockerignore, as they are for the project: nothing but the folder is sent. */
export function rebasedIgnoreFile(text: string, context: string): string {
  const patterns = text.split(/\r?\n/).flatMap((line) => {
    const pattern = line.trim();
    if (pattern === '' || pattern.startsWith('#')) return [];
    const [, not = '', path = ''] = /^(!?)\/?(.*)$/.exec(pattern) ?? [];
    return [`${not}${context}/${path}`];
  });
  return ['*', `!${context}`, ...patterns, ''].join('\n');
}

function bindsContext(instruction: string): boolean {
  const mounts = instruction.match(/--mount=\S+/g) ?? [];
  return mounts.some((mount) => {
    const type = /type=(\w+)/.exec(mount)?.[1] ?? 'bind';
    return type === 'bind' && !/\bfrom=/.test(mount);
  });
}

interface Lines {
  line: number;
  text: string;
}

/** Lines of a Dockerfile, those of one instruction in one text: continued ones, comments among them, heredocs. */
function instructionsOf(text: string): Lines[] {
  const lines = text.split('\n');
  const instructions: Lines[] = [];
  for (let at = 0; at < lines.length;) {
    const start = at;
    const isComment = /^\s*(?:#|$)/.test(lines[at] ?? '');
    while (!isComment && at + 1 < lines.length && /\\\s*$/.test(lines[at] ?? '')) at++;
    at++;
    const instruction = lines.slice(start, at).join('\n');
    if (!isComment && /^\s*(?:RUN|COPY|ADD)\s/i.test(instruction))
      at = behindHeredocs(lines, at, instruction);
    instructions.push({ line: start + 1, text: lines.slice(start, at).join('\n') });
  }
  return instructions;
}

function behindHeredocs(lines: readonly string[], from: number, instruction: string): number {
  let at = from;
  for (const [, word = ''] of instruction.matchAll(/<<-?["']?(\w+)["']?/g)) {
    while (at < lines.length && lines[at]?.trim() !== word) at++;
    at++;
  }
  return Math.min(at, lines.length);
}

function rebasedCopy(instruction: string, context: string): string {
  if (/\s--from=/.test(instruction)) return instruction;
  const json = instruction.trimEnd().endsWith(']') && instruction.includes('["');
  const words = [...instruction.matchAll(json ? /"[^"]*"/g : /\S+/g)]
    .map((match) => ({ at: match.index, text: match[0] }))
    .filter(({ text }) => json || (text !== '\\' && !text.startsWith('--')));
  const first = json ? 0 : 1 + Number(/^\s*ONBUILD\s/i.test(instruction));
  const sources = words.slice(first, -1);
  let result = '';
  let from = 0;
  for (const { at, text } of sources) {
    result += instruction.slice(from, at) + rebasedSource(text, context);
    from = at + text.length;
  }
  return result + instruction.slice(from);
}

/** A URL, a heredoc and what begins with a variable are what they were. */
function rebasedSource(word: string, context: string): string {
  const [, quote = '', path = ''] = /^("?)([^"]*)/.exec(word) ?? [];
  if (/^(?:[a-z]+:\/\/|git@|<<)/.test(path)) return word;
  const inside = path.replace(/^(?:\.?\/)+/, '');
  return `${quote}${context}/${inside === '.' ? '' : inside}${quote}`;
}
