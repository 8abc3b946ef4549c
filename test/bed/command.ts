import { spawn } from 'node:child_process';

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Bytes for standard input; none means an empty one. */
  input?: string;
  /** Milliseconds after which the child is killed; five minutes by default. */
  timeout?: number;
}

/**
 * Runs a program to its end.
 * @returns its standard output.
 * @throws {Error} one sentence with the program's name and its last lines where it fails or takes too long.
 */
export function command(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, env, input = '', timeout = 300_000 } = options;
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env });
    // Not spawn's own timeout: that one keeps the process waiting where the program cannot be found.
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    const stdout: Buffer[] = [];
    const all: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => (stdout.push(chunk), all.push(chunk)));
    child.stderr.on('data', (chunk: Buffer) => all.push(chunk));
    child.stdin.on('error', () => undefined); // a child that reads nothing closes the pipe early
    child.stdin.end(input);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${program} cannot be run: ${error.message}`));
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (status === 0) return resolve(Buffer.concat(stdout).toString());
      const said = lastLines(Buffer.concat(all).toString());
      reject(new Error(`${program} failed (${signal ?? `exit status ${String(status)}`}): ${said}`));
    });
  });
}

/** The end of a program's output, joined to a line that fits into a sentence. */
export function lastLines(text: string, count = 4): string {
  return text.trim().split('\n').slice(-count).join(' | ') || 'it printed nothing';
}
