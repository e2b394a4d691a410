/**
 * Step paths: the address of one step in one run.
 *
 * A path is the chain of frames that lead to a step, then its id:
 *
 *   draft                   a step of the workflow's own list
 *   findings[3].search      `search` in item 3 of the foreach `findings`
 *   both.left.read          `read` in branch `left` of the parallel `both`
 *   route[0].answer         `answer` in case 0 of the switch `route`
 *   do#1.fetch              `fetch` in round 1 of the plan, loop or workflow `do`
 *   publish/compensate      what undoes `publish`
 *   catch[0].tell           `tell` in the workflow's first `catch` handler
 *   finally.close           `close` in the workflow's `finally`
 *   @input, @output         no steps: what goes into the run and comes out, where rails have looked at it
 *
 * A frame's own path is the path without the last id: `findings[3]`, `both.left`;
 * the workflow's own list is the frame ''.
 */
export type StepPath = string;
export type FramePath = string;

export const rootFrame: FramePath = '';

/** Where the journal has what rails said of a run's own input and output. No step can have such an id. */
export const runInput: StepPath = '@input';
export const runOutput: StepPath = '@output';

/** The path of step `id` in frame `frame`. */
export function stepPath(frame: FramePath, id: string): StepPath {
  if (frame === rootFrame) return id;
  return frame.endsWith('/') ? `${frame}${id}` : `${frame}.${id}`;
}

/** What a block's timeout is kept under, beside the block itself. No step can have such a path. */
export function timeoutKey(path: StepPath): string {
  return `${path}!`;
}

/** Which instance of a block's body a frame is. */
export type FrameKey =
  | { readonly item: number }
  | { readonly branch: string }
  | { readonly case: number }
  | { readonly round: number };

/** Whether `path` is, or is inside, what `outer` names: a step, a frame, the workflow. */
export function isWithin(path: StepPath, outer: StepPath): boolean {
  if (outer === rootFrame || path === outer) return true;
  return path.startsWith(outer) && (outer.endsWith('/') || '.[#/'.includes(path.charAt(outer.length)));
}

/** All that a step is, or is inside: itself and the frames and blocks around it, the workflow left out. Of these `isWithin` holds. */
export function partsAround(path: StepPath): readonly StepPath[] {
  const parts: StepPath[] = [];
  for (let end = 1; end < path.length; end++)
    if (path.charAt(end - 1) === '/' || '.[#/'.includes(path.charAt(end))) parts.push(path.slice(0, end));
  return [...parts, path];
}

/** The path of one frame of the block at `block`. */
export function framePath(block: StepPath, key: FrameKey): FramePath {
  if ('item' in key) return `${block}[${key.item}]`;
  if ('branch' in key) return `${block}.${key.branch}`;
  if ('case' in key) return `${block}[${key.case}]`;
  return `${block}#${key.round}`;
}

/** A path taken apart. A step of the workflow's own list has neither frame nor parent. */
export type Place = {
  readonly path: StepPath;
  /** The last part of the path. */
  readonly id: string;
  readonly frame?: FramePath;
  /** The block whose body the frame is an instance of. */
  readonly parent?: StepPath;
  /** Which instance, as the path writes it: `[3]`, `#1`, `.left`. */
  readonly key?: string;
};

const handler = /^catch\[\d+\]$/;
const keyAtEnd = /(\[\d+\]|#\d+|\.[a-z][a-z0-9_]*)$/;

/** Takes a step path apart: `findings[3].search` is `search` in frame `findings[3]` of block `findings`. */
export function placeOf(path: StepPath): Place {
  const slash = path.lastIndexOf('/');
  if (slash !== -1)
    return { path, id: path.slice(slash + 1), frame: path.slice(0, slash + 1), parent: path.slice(0, slash) };
  const dot = path.lastIndexOf('.');
  if (dot === -1) return { path, id: path };
  const frame = path.slice(0, dot);
  const id = path.slice(dot + 1);
  const key = keyAtEnd.exec(frame)?.[0];
  // The workflow's own handlers are the body of no step.
  if (key === undefined || handler.test(frame)) return { path, id, frame };
  return { path, id, frame, parent: frame.slice(0, -key.length), key };
}
