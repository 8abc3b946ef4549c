import { closeSync, openSync, writeSync } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const STANDARD_ERROR = 2;

/**
 * Asks for a secret on the terminal of this process, without showing it, whatever standard input is.
 *
 * @returns undefined where there is no terminal, or the answer was given up with Ctrl-C or Ctrl-D
 */
export async function askSecret(question: string): Promise<string | undefined> {
  const terminal = process.platform === 'win32' ? standardStreams() : controllingTerminal();
  if (!terminal) return undefined;
  const { input, output } = terminal;
  input.setRawMode(true);
  try {
    writeSync(output, question);
    return await readLine(input);
  } finally {
    writeSync(output, '\r\n');
    input.setRawMode(false);
    terminal.release();
  }
}

interface Terminal {
  input: ReadStream;
  output: number;
  release: () => void;
}

function controllingTerminal(): Terminal | undefined {
  let output: number;
  try {
    output = openSync('/dev/tty', 'w');
  } catch {
    return undefined;
  }
  const input = new ReadStream(openSync('/dev/tty', 'r'));
  const release = () => {
    closeSync(output);
    input.destroy(); // Closes its descriptor itself.
  };
  return { input, output, release };
}

/** Windows has no file such as /dev/tty: there, a question needs standard input and error to be the terminal. */
function standardStreams(): Terminal | undefined {
  const { stdin: input } = process;
  if (!input.isTTY || !isatty(STANDARD_ERROR)) return undefined;
  return { input, output: STANDARD_ERROR, release: () => void input.pause() };
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
