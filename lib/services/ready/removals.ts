/** What has to be removed, and for which nobody waits yet: a service is ready before what asked it has gone. */
export class Removals {
  readonly #all: Promise<void>[] = [];

  add(removal: Promise<void>): void {
    // Told by `done`.
    removal.catch(() => undefined);
    this.#all.push(removal);
  }

  /** Waits for all of them. Rejects, when all have settled, with the first failure. */
  async done(): Promise<void> {
    await Promise.allSettled(this.#all);
    await Promise.all(this.#all);
  }
}
