/** Where the sources of a build come from, as far as git knows. */
export interface Checkout {
  /** Absolute path of the work tree's root, without links. */
  root: string;
  /** Full ID of the commit; absent before the first one. */
  revision?: string;
  /** The URL of the repository that the branch follows, or else of `origin` or `upstream`, without user and password. */
  source?: string;
}
