/** What is known of a YAML text: its keys and scalars by their paths, and where its end stands. */

export type Path = readonly (string | number)[];

/** A key with its value, or an item of a list that is a scalar. */
export type Entry = {
  readonly path: Path;
  /** Absent when it is a map, a list, or a text over several lines. */
  readonly value?: string;
};

/** What stands at the end of the text. */
export type Place = {
  /**
   * `key`: a key of the map at `path`, or what that map's place may hold instead.
   * `value`: the scalar at `path`. `text`: inside a text over several lines, or a comment.
   */
  readonly kind: 'key' | 'value' | 'text';
  readonly path: Path;
  /** What is written of it so far, and where that begins. */
  readonly prefix: string;
  readonly start: number;
  /** From 0, of what is written there; where a line below it would stand beside it. */
  readonly column: number;
  readonly inFlow: boolean;
};

export type Outline = { readonly entries: readonly Entry[]; readonly end: Place };

/** A scalar as it is meant: without quotes and comment. */
export function scalarOf(written: string): string {
  const trimmed = written.trim();
  return /^["']/.test(trimmed) ? unquoted(trimmed) : trimmed.replace(/(^|\s)#.*$/, '').trim();
}

export function unquoted(written: string): string {
  return /^(["']).*\1$/s.test(written) ? written.slice(1, -1) : written;
}

export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.every((part, index) => path[index] === part);
}
