import { closeSync, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/**
 * Asks for a secret on the terminal of this process, without showing it, whatever standard input is.
 *
 * @returns undefined where there is no terminal, or the answer was given up with Ctrl-C or Ctrl-D
 */
export async function askSecret(question: string): Promise<string | undefined> {
  let descriptor: number;
  try {
    descriptor = openSync('/dev/tty', 'r+');
  } catch {
    return undefined;
  }
  const input = new ReadStream(descriptor);
  const output = new WriteStream(descriptor);
  input.setRawMode(true);
  output.write(question);
  try {
    return await readLine(input);
  } finally {
    output.write('\r\n');
    input.setRawMode(false);
    input.destroy();
    output.destroy();
    try {
      closeSync(descriptor);
    } catch {
      // Closed with the streams.
    }
  }
}

async function readLine(input: ReadStream): Promise<string | undefined> {
  let line = '';
  input.setEncoding('utf8');
  for await (const text of input as AsyncIterable<string>) {
    for (const character of text) {
      if (character === '\r' || character === '\n') return line;
      if (character === CTRL_C || character === CTRL_D) return undefined;
      line = character === '\u007f' || character === '\b' ? line.slice(0, -1) : line + character;
    }
  }
  return undefined;
}
