import type { FramePath, StepPath } from '@telos/core';

/** Where a step stands: its block, which instance of the block's body, and what of the path is left to show. */
export type Place = { readonly block: StepPath; readonly frame: FramePath; readonly label: string };

/** The place of a step inside a block; undefined for a step of the workflow's own list. See core's step paths. */
export function blockOf(path: StepPath): Place | undefined {
  const dot = path.lastIndexOf('.');
  if (dot === -1) return undefined;
  const frame = path.slice(0, dot);
  const numbered = /(?:\[\d+\]|#\d+)$/.exec(frame);
  const end = numbered === null ? frame.lastIndexOf('.') : numbered.index;
  if (end === -1) return undefined;
  return { block: frame.slice(0, end), frame, label: path.slice(end).replace(/^\./, '') };
}
