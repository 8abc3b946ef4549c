/** A file that a project starts with. */
export interface StartFile {
  /** Relative to the project root, with forward slashes. */
  path: string;
  content: string;
}

/** What `init` does. */
export interface StartPlan {
  files: readonly StartFile[];
  /** What is worth knowing of what was there before, a sentence each. */
  notes: readonly string[];
  /** What the user does next, a line each. */
  next: readonly string[];
}
