/** Where a step stands: its path taken apart. */
export type Place = {
  readonly path: string;
  /** The last part of the path. */
  readonly id: string;
  /** The instance of a block's body that it is in; absent at the top. */
  readonly frame?: string;
  /** The path of that block; absent at the top. */
  readonly parent?: string;
  /** Which instance: `[3]`, `#1`, or `.left`. */
  readonly key?: string;
};

const keyAtEnd = /(\[\d+\]|#\d+|\.[a-z][a-z0-9_]*)$/;

/** Takes a step path apart: `findings[3].search` is `search` in frame `findings[3]` of block `findings`. */
export function placeOf(path: string): Place {
  const dot = path.lastIndexOf('.');
  if (dot === -1) return { path, id: path };
  const frame = path.slice(0, dot);
  const id = path.slice(dot + 1);
  const key = keyAtEnd.exec(frame)?.[0];
  if (key === undefined) return { path, id, frame };
  return { path, id, frame, parent: frame.slice(0, -key.length), key };
}
