/** What an operation tells its user while it works. Implementations decide how it looks (live, plain lines, silent). */
export interface Report {
  /** The equivalent `docker …` line, already quoted and without secrets. Shown once, before it is carried out. */
  command(line: string): void;
  info(message: string): void;
  warn(message: string): void;
  /** Opens a block of progress, such as the build of one image or the transfer to one host. */
  activity(title: string): Activity;
  /**
   * Gives the terminal to somebody else (an interactive container, a passphrase prompt) until the returned
   * function is called: live progress is cleared and held back.
   */
  suspend(): () => void;
}

export interface Activity {
  /** A line that stays, such as the output of a RUN instruction or a warning of the engine. */
  line(text: string): void;
  /** Creates or updates one item (a build step, a layer) of this activity; `id` is unique within it. */
  item(id: string, state: ItemState): void;
  /** Ends the activity well: `summary` says what was made, how large, how long. */
  done(summary: string): void;
  /** Ends it badly; the reason is the error that the operation throws. */
  failed(): void;
}

export interface ItemState {
  label: string;
  state: 'running' | 'done' | 'cached' | 'failed';
  /** Bytes so far, and in all, where they are known. */
  completed?: number;
  total?: number;
  /** Milliseconds that it took, on an item that has ended. */
  elapsed?: number;
  /** A short word shown behind the label, such as `already there`. */
  note?: string;
}
