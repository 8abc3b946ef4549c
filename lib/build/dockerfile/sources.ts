import { readCsv } from '../../flags/csv.js';
import { cut } from '../../flags/key-value.js';
import { ValueError } from '../../text/flag-error.js';
import { DockerfileError } from './dockerfile-error.js';
import { flagValues, type Instruction } from './instruction.js';
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
