import type { Duplex } from 'node:stream';
import type { DetachKeyWatcher } from './detach-keys.js';

let taken = false;

/**
 * Standard input belongs to one container at a time, however many run side by side.
 * @returns a function that gives it back, or undefined where another container has it
 */
export function claimInput(): (() => void) | undefined {
  if (taken) return undefined;
  taken = true;
  return () => (taken = false);
}

export interface InputOptions {
  /** Watches for detach keys; absent where input is no keyboard. */
  watcher?: DetachKeyWatcher;
  onDetach?: () => void;
}

/**
 * Copies standard input to a container, no faster than it takes it; the end of input ends the container's. Returns a
 * function that stops the copying and leaves standard input to the next.
 */
export function copyInput(
  stdin: NodeJS.ReadStream,
  container: Duplex,
  options: InputOptions = {},
): () => void {
  const { watcher, onDetach } = options;
  /** Another listener reads standard input, too. */
  const flowing = stdin.readableFlowing === true;

  const onData = (chunk: Buffer) => {
    const { forward, detached } = watcher ? watcher.filter(chunk) : { forward: chunk, detached: false };
    if (forward.length > 0 && container.writable && !container.write(forward)) stdin.pause();
    if (detached) onDetach?.();
  };
  const onDrain = () => void stdin.resume();
  const onEnd = () => void container.end();
  // The container has ended, or closed its input; its output and its exit status are what counts.
  const onError = () => stop();

  const stop = () => {
    stdin.off('data', onData).off('end', onEnd).off('error', onEnd);
    container.off('drain', onDrain);
    // A paused stdin does not keep this process alive, and another reader can take it over.
    if (!flowing) stdin.pause();
  };

  container.on('error', onError).on('drain', onDrain);
  stdin.on('end', onEnd).on('error', onEnd);
  if (stdin.readableEnded || stdin.destroyed) onEnd();
  else stdin.on('data', onData).resume();
  return stop;
}
