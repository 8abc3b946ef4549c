/** Permanent lines on a stream, which can be held back while somebody else has the terminal. */
export class Lines {
  #held: string[] = [];
  #holders = 0;

  constructor(protected readonly stream: NodeJS.WriteStream) {}

  print(line: string): void {
    if (this.isHeld) this.#held.push(line);
    else this.write(`${line}\n`);
  }

  /** Keeps lines back until the returned function has been called by every holder. */
  hold(): () => void {
    let released = false;
    this.#holders++;
    return () => {
      if (released) return;
      released = true;
      this.#holders--;
      if (!this.isHeld) this.#flush();
    };
  }

  /** A pipe cannot be disturbed: lines go there at once. */
  protected get isHeld(): boolean {
    return this.#holders > 0 && this.stream.isTTY;
  }

  protected write(text: string): void {
    this.stream.write(text);
  }

  #flush(): void {
    const held = this.#held;
    this.#held = [];
    if (held.length > 0) this.write(held.map((line) => `${line}\n`).join(''));
  }
}
