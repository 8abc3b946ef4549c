/**
 * A gulp task: for `series` and `parallel`, to be exported, or to be called by itself. Its function's `name`, such as
 * `build:app`, is what gulp calls it in a series; where it is exported, the export's name counts.
 */
export interface Task {
  (): Promise<void>;
  readonly name: string;
  description: string;
  flags: Record<string, string>;
}
