/** How the value of a key is read. */
export type KeyKind =
  /** Shell words, of which replacement makes no further ones. */
  | 'words'
  /** Shell words; commas separate too. */
  | 'list'
  /** Exactly one shell word. */
  | 'word'
  | 'boolean'
  /** Shell words as they are, or a JSON array of strings: no replacement. */
  | 'command'
  /** The name of another section. */
  | 'section'
  /** One duration as Go writes it, or whole seconds. */
  | 'duration';

/** What an image is described for; it decides which keys are resolved. */
export type Operation = 'build' | 'run' | 'live' | 'transfer' | 'publish' | 'deploy';

export interface KeyDefinition {
  kind: KeyKind;
  /** One sentence, without the full stop. */
  meaning: string;
  /** What holds where the key is missing, in words. */
  default: string;
  /** A value as it stands in run.cfg. */
  example: string;
  usedBy: readonly Operation[];
  /** Replacements that the operation itself fills in later: they stay as `{word}`. */
  later?: readonly string[];
}
