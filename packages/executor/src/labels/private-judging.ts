/** Where judges may send what they are shown: private data goes to no model whose host may not have any. */
import { joinAll, wholeOf } from '@telos/core';
import type { CheckDeps, CheckUse, Frame, Labelling, PermissionsSpec, RunState } from '@telos/core';
import { configuredModels, judgesMayHave } from '@telos/language';
import type { Contexts } from '../scope/contexts.ts';
import { isLabelled, labellingOfReads, labellingOfTemplate } from './labelling.ts';

export type MayHave = CheckDeps['mayHave'];

export type Shown = {
  readonly frame: Frame;
  /** Ids of the steps whose outputs are shown beside it. */
  readonly reads: readonly string[];
  /** Of what is judged, and of the input that goes with it. */
  readonly values: readonly Labelling[];
  /** Who judges: their parameters are shown too. */
  readonly uses: readonly CheckUse[];
};

type Within = {
  readonly state: RunState;
  readonly contexts: Contexts;
  readonly deps: { readonly privateHosts?: readonly string[] };
};

/**
 * Undefined where everything may be sent everywhere: nothing of it is private, or all models may have what is.
 *
 * @param bound Each of these must let a host have it; absent: the permissions of the frame's own workflow.
 */
export function mayHaveOf(within: Within, shown: Shown, bound?: readonly PermissionsSpec[]): MayHave {
  const own = within.contexts.of(shown.frame).permissions.slice(0, 1);
  return mayHavePrivateOf(within.deps, bound ?? own, labellingOfShown(within, shown));
}

/** What all that judges are shown carries together. */
export function labellingOfShown(
  { state, contexts }: Pick<Within, 'state' | 'contexts'>,
  { frame, reads, values, uses }: Shown,
): Labelling {
  const context = contexts.of(frame);
  const own = joinAll(values.map(wholeOf));
  if (!isLabelled(state, context)) return own;
  const others = uses.map((use) => labellingOfTemplate(state, context, frame, use.with));
  return joinAll([own, labellingOfReads(state, frame, reads), ...others].map(wholeOf));
}

/** @param shown All that a judge is shown. */
export function mayHavePrivateOf(
  { privateHosts = configuredModels }: Within['deps'],
  bound: readonly PermissionsSpec[],
  shown: Labelling,
): MayHave {
  if (shown.private === undefined) return undefined;
  return judgesMayHave(bound.map(({ hosts = [] }) => [...privateHosts, ...hosts]));
}
