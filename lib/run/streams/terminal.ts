import { spawnSync } from 'node:child_process';

/**
 * Gives every key to the container: raw mode, and no processing of output either, because the terminal inside has done
 * that already (Node's raw mode would turn a lone line feed, which moves the cursor straight down, into CR LF).
 * Returns a function that puts the terminal back; the end of the process, by whatever exception, does so too.
 */
export function enterRawMode(stdin: NodeJS.ReadStream): () => void {
  stdin.setRawMode(true);
  // Turns off output processing, which would add carriage returns. Without `stty` only that is lost; Windows' own console
  // has none. Leaving raw mode turns it on again.
  if (process.platform !== 'win32')
    spawnSync('stty', ['-opost'], { stdio: [stdin, 'ignore', 'ignore'], timeout: 2000 });
  const restore = () => {
    process.off('exit', restore);
    stdin.setRawMode(false);
  };
  process.on('exit', restore);
  return restore;
}

/** Calls `resize` with rows and columns whenever the terminal changes its size, until the returned function is called. */
export function followSize(
  stdout: NodeJS.WriteStream,
  resize: (size: { rows: number; columns: number }) => void,
): () => void {
  const onResize = () => resize({ rows: stdout.rows, columns: stdout.columns });
  stdout.on('resize', onResize);
  return () => stdout.off('resize', onResize);
}
