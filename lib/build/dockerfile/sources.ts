import { readCsv } from '../../flags/csv.js';
import { cut } from '../../flags/key-value.js';
import { ValueError } from '../../text/flag-error.js';
import { DockerfileError } from './dockerfile-error.js';
import { flagValues, type Instruction, jsonWords, quotedWords } from './instruction.js';
import { expandWord } from './shell-word.js';

/** What an instruction takes files from beside its own stage and the context: another stage, an image or a named context. */
export type Source = { name: string } | { index: number };

const NONE = new Map<string, string>();

/**
 * `COPY --from` and `RUN --mount=from=…`.
 * @throws {DockerfileError} for a variable in it, which BuildKit does not replace there
 */
export function sourcesOf(instruction: Instruction, escape: string): Source[] {
  if (instruction.keyword === 'RUN') return mountedSources(instruction);
  const from = instruction.keyword === 'COPY' ? flagValues(instruction, 'from').at(-1) : undefined;
  if (from === undefined || from === '') return [];
  if (isVariable(from, escape)) throw variableIn(instruction, 'COPY --from');
  return [/^[+-]?\d+$/.test(from) ? { index: Number(from) } : { name: from }];
}

/**
 * The files of the build's context that an instruction takes, as they are written: sources of COPY and ADD, and of bind
 * mounts.
 * @throws {DockerfileError} for a mount that cannot be read
 */
export function takenFromContext(instruction: Instruction, escape: string): string[] {
  if (instruction.keyword === 'RUN') return boundFolders(instruction);
  if (!['COPY', 'ADD'].includes(instruction.keyword) || flagValues(instruction, 'from').length > 0) return [];
  const words = jsonWords(instruction)?.map(String) ?? quotedWords(instruction, escape);
  return words.slice(0, -1);
}

function boundFolders(instruction: Instruction): string[] {
  return flagValues(instruction, 'mount').flatMap((mount) => {
    const fields = new Map(fieldsOf(instruction, mount).map((field) => cut(field, '=')));
    if (fields.has('from') || (fields.get('type') ?? 'bind') !== 'bind') return [];
    return fields.get('source') ?? fields.get('src') ?? '.';
  });
}

/** A mount that names nothing is looked up as `scratch`, which a stage may be called. */
function mountedSources(instruction: Instruction): Source[] {
  return flagValues(instruction, 'mount').map((mount) => {
    let name = 'scratch';
    for (const field of fieldsOf(instruction, mount)) {
      const [key, value] = cut(field, '=');
      if (key.toLowerCase() !== 'from' || value === undefined) continue;
      if (/\$./.test(value)) throw variableIn(instruction, 'RUN --mount=from');
      if (value !== '') name = value;
    }
    return { name };
  });
}

function fieldsOf({ line }: Instruction, mount: string): string[] {
  try {
    return readCsv(mount);
  } catch (error) {
    if (error instanceof ValueError) throw new DockerfileError(line, `--mount=${mount}: ${error.message}`);
    throw error;
  }
}

function isVariable(text: string, escape: string): boolean {
  try {
    return expandWord(text, NONE, { escape }) !== text;
  } catch {
    return true;
  }
}

function variableIn({ line }: Instruction, where: string): DockerfileError {
  return new DockerfileError(
    line,
    `${where} takes no variable: give it a stage of its own, FROM \${…} AS name, and name that`,
  );
}
