import { closeSync, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/**
 * Asks for a secret on the terminal of this process, without showing it, whatever standard input is.
 *
 * @returns undefined where there is no terminal, or the answer was given up with Ctrl-C or Ctrl-D
 */
export async function askSecret(question: string): Promise<string | undefined> {
  let output: number;
  try {
    output = openSync('/dev/tty', 'w');
  } catch {
    return undefined;
  }
  // Closes its descriptor itself.
  const input = new ReadStream(openSync('/dev/tty', 'r'));
  input.setRawMode(true);
  try {
    writeSync(output, question);
    return await readLine(input);
  } finally {
    writeSync(output, '\r\n');
    closeSync(output);
    input.setRawMode(false);
    input.destroy();
  }
}

function readLine(input: ReadStream): Promise<string | undefined> {
  let line = '';
  return new Promise((resolve) => {
    input.setEncoding('utf8').on('data', (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') resolve(line);
        else if (character === CTRL_C || character === CTRL_D) resolve(undefined);
        else if (character === '\u007f' || character === '\b') line = line.slice(0, -1);
        else line += character;
      }
    });
    input.once('close', () => resolve(undefined));
    input.once('error', () => resolve(undefined));
  });
}
