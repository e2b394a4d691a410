/**
 * The steps of a run as rows of a tree: the run, its steps, the instances of a
 * block's body, and inside a step its attempts and calls.
 *
 * An instance gets a row of its own when it holds more than one step, or is a
 * named branch; otherwise its number stands before the step's name, so that a
 * foreach of ten thousand one-step items is ten thousand rows and not twice
 * that many.
 */
import { branchesOf, spanOfAll, statusOfAll } from './block-body.ts';
import type { Branch } from './block-body.ts';
import type { RowStatus, RunModel, StepNode } from './run-model.ts';
import type { AttemptNode, CallNode, WaitNode } from './step-parts.ts';
import { waitNote } from './wait-note.ts';

type Placed = {
  /** Unique in the tree, and the same from one drawing to the next. */
  readonly key: string;
  /** From 0, the run. */
  readonly depth: number;
  /** From 1, among the rows below the same parent. */
  readonly position: number;
  readonly siblings: number;
  readonly expandable: boolean;
  readonly expanded: boolean;
  readonly status: RowStatus;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** `[3]` before the name of a step that stands for an item. */
  readonly prefix?: string;
  readonly label: string;
  /** What kind of thing it is, or which tool: `foreach`, `web.search`. */
  readonly note?: string;
};

export type TreeRow = Placed &
  (
    | { readonly kind: 'run'; readonly createdAt: number }
    | {
        readonly kind: 'step';
        readonly step: StepNode;
        readonly attempts: readonly AttemptNode[];
        readonly waits: readonly WaitNode[];
      }
    | { readonly kind: 'frame'; readonly block: string }
    | { readonly kind: 'attempt'; readonly step: StepNode; readonly attempt: AttemptNode }
    | { readonly kind: 'call'; readonly step: StepNode; readonly attempt: AttemptNode; readonly call: CallNode }
  );

export type TreeView = {
  /** Rows that the reader has opened or closed, by key; the others are as `opensByItself` says. */
  readonly toggled: ReadonlyMap<string, boolean>;
  /** Only steps whose path or tool holds this text, with what is around them. */
  readonly filter?: string;
  /** Only what failed. */
  readonly failedOnly?: boolean;
  /** Only steps at these paths, with what is around them. */
  readonly only?: ReadonlySet<string> | undefined;
};

/** Item rows are closed by default from this many on; what failed in one stays in sight. */
const manyFrames = 20;

/** Flattens the tree to the rows that are in sight. O(n) in steps. */
export function treeRows(model: RunModel, view: TreeView): readonly TreeRow[] {
  const children = childrenByParent(model);
  const kept = keptPaths(model, view);
  const searching = kept !== undefined;
  const rows: TreeRow[] = [];

  const opened = (key: string, byItself: boolean): boolean => searching || (view.toggled.get(key) ?? byItself);

  const addAll = (branches: readonly Branch[], depth: number): void => {
    for (const [index, branch] of branches.entries()) {
      const place = { depth, position: index + 1, siblings: branches.length };
      if (branch.kind === 'step') addStep(branch.step, branch.prefix, place);
      else addFrame(branch, place);
    }
  };

  const addFrame = (
    { frame, key, block, steps }: Extract<Branch, { kind: 'frame' }>,
    place: Pick<Placed, 'depth' | 'position' | 'siblings'>,
  ): void => {
    const status = statusOfAll(steps);
    const named = key.startsWith('.');
    const expanded = opened(`frame:${frame}`, named || place.siblings <= manyFrames || status === 'failed');
    const span = spanOfAll(steps);
    rows.push({
      ...place,
      ...span,
      kind: 'frame',
      key: `frame:${frame}`,
      block,
      status,
      expandable: true,
      expanded,
      label: named ? key.slice(1) : key,
      note: named ? 'branch' : plural(steps.length),
    });
    if (expanded)
      addAll(
        steps.map((step) => ({ kind: 'step', step })),
        place.depth + 1,
      );
  };

  const addStep = (
    step: StepNode,
    prefix: string | undefined,
    place: Pick<Placed, 'depth' | 'position' | 'siblings'>,
  ): void => {
    const inside = (children.get(step.path) ?? []).filter((child) => kept?.has(child.path) ?? true);
    const attempts = model.attempts.get(step.path) ?? [];
    const workings = inside.length > 0 ? [] : attempts;
    const several = workings.length > 1;
    const calls = several ? [] : (workings[0]?.calls ?? []);
    const expandable = inside.length > 0 || several || calls.length > 0;
    const key = `step:${step.path}`;
    const expanded = expandable && (inside.length > 0 ? opened(key, true) : (view.toggled.get(key) ?? false));
    const note = waitNote(step) ?? step.uses ?? (step.kind === 'action' ? undefined : step.kind) ?? doorNote(step);
    rows.push({
      ...place,
      kind: 'step',
      key,
      step,
      attempts,
      waits: model.waits.get(step.path) ?? [],
      status: step.status,
      expandable,
      expanded,
      label: step.id,
      ...(step.startedAt === undefined ? {} : { startedAt: step.startedAt }),
      ...(step.endedAt === undefined ? {} : { endedAt: step.endedAt }),
      ...(prefix === undefined ? {} : { prefix }),
      ...(note === undefined ? {} : { note }),
    });
    if (!expanded) return;
    if (inside.length > 0) return addAll(branchesOf(step, inside), place.depth + 1);
    if (several) {
      for (const [index, attempt] of workings.entries()) {
        addAttempt(step, attempt, { depth: place.depth + 1, position: index + 1, siblings: workings.length });
      }
    } else if (workings[0] !== undefined) addCalls(step, workings[0], place.depth + 1);
  };

  const addAttempt = (
    step: StepNode,
    attempt: AttemptNode,
    place: Pick<Placed, 'depth' | 'position' | 'siblings'>,
  ): void => {
    const key = `attempt:${step.path}@${attempt.attempt}`;
    const expandable = attempt.calls.length > 0;
    const expanded = expandable && (view.toggled.get(key) ?? false);
    rows.push({
      ...place,
      kind: 'attempt',
      key,
      step,
      attempt,
      status: attempt.status,
      startedAt: attempt.startedAt,
      ...(attempt.endedAt === undefined ? {} : { endedAt: attempt.endedAt }),
      expandable,
      expanded,
      label: `attempt ${attempt.attempt}`,
    });
    if (expanded) addCalls(step, attempt, place.depth + 1);
  };

  const addCalls = (step: StepNode, attempt: AttemptNode, depth: number): void => {
    for (const [index, call] of attempt.calls.entries()) {
      rows.push({
        depth,
        position: index + 1,
        siblings: attempt.calls.length,
        kind: 'call',
        key: `call:${step.path}@${attempt.attempt}/${index}`,
        step,
        attempt,
        call,
        status: call.failed ? 'failed' : 'succeeded',
        startedAt: call.startedAt,
        endedAt: call.endedAt,
        expandable: false,
        expanded: false,
        label: call.name,
        note: call.kind,
      });
    }
  };

  const top = (children.get('') ?? []).filter((step) => kept?.has(step.path) ?? true);
  rows.push({
    kind: 'run',
    key: 'run',
    createdAt: Date.parse(model.detail.created_at),
    depth: 0,
    position: 1,
    siblings: 1,
    expandable: false,
    expanded: true,
    status: model.status,
    ...(model.startedAt === undefined ? {} : { startedAt: model.startedAt }),
    ...(model.endedAt === undefined ? {} : { endedAt: model.endedAt }),
    label: model.detail.workflow,
    note: 'run',
  });
  addAll(
    top.map((step) => ({ kind: 'step', step })),
    1,
  );
  return rows;
}

/** What stands for the rails of the run as a whole is no step of the workflow. */
function doorNote({ path }: StepNode): string | undefined {
  return path.startsWith('@') ? 'rails' : undefined;
}

function childrenByParent(model: RunModel): ReadonlyMap<string, readonly StepNode[]> {
  const children = new Map<string, StepNode[]>();
  for (const step of model.steps.values()) {
    const parent = step.parent ?? '';
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [step]);
    else list.push(step);
  }
  return children;
}

/** The paths that a filter leaves, with every block around them; undefined without a filter. */
function keptPaths(model: RunModel, { filter, failedOnly, only }: TreeView): ReadonlySet<string> | undefined {
  const text = filter?.trim().toLowerCase() ?? '';
  if (text === '' && failedOnly !== true && only === undefined) return undefined;
  const kept = new Set<string>();
  for (const step of model.steps.values()) {
    const fits =
      (failedOnly !== true || step.status === 'failed' || step.status === 'quarantined') &&
      (only?.has(step.path) ?? true) &&
      (step.path.toLowerCase().includes(text) || (step.uses ?? '').toLowerCase().includes(text));
    for (let path = fits ? step.path : undefined; path !== undefined && !kept.has(path);) {
      kept.add(path);
      path = model.steps.get(path)?.parent;
    }
  }
  return kept;
}

function plural(steps: number): string {
  return steps === 1 ? '1 step' : `${steps} steps`;
}
