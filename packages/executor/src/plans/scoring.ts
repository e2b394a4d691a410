/** Scoring one objective of a plan whose steps have ended: its own check, outside any slot, like the gate of a block. */
import { asksModel, boundedText, recordedVerdict, turnOf } from '@telos/core';
import type {
  CheckUse,
  ErrorRecord,
  Frame,
  Json,
  JsonObject,
  Labelling,
  ObjectiveScore,
  RateLimit,
  StepPath,
  ToolCallReport,
  Usage,
  Verdict,
} from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import { startStep } from '../active-step.ts';
import type { ActiveStep } from '../active-step.ts';
import { createCalls } from '../calls.ts';
import type { Desk } from '../desk.ts';
import { score } from '../gate.ts';
import { mayHaveOf } from '../private-judging.ts';
import { noteWaits } from '../waiting-calls.ts';

export type Scoring = {
  readonly path: StepPath;
  readonly attempt: number;
  readonly check: CheckUse;
  readonly linked: Linked;
  /** Of the round, and the steps whose outputs its check is shown; what the plan gave carries `labelling`. */
  readonly frame: Frame;
  readonly reads: readonly string[];
  readonly labelling: Labelling;
  /** Of the round, as seen when its steps have ended. */
  readonly scope: Scope;
  readonly output: Json;
  readonly sources: JsonObject;
  readonly onEnd: (scored: ObjectiveScore | { readonly error: ErrorRecord }, usage: Usage | undefined) => void;
};

/** Of an objective for which nothing at hand has a test. */
export const untested: ObjectiveScore = {
  verdict: 'untested',
  score: 0,
  reason: 'Not tested: no check says whether this holds, and no model was reachable to judge it.',
};

export function scoreObjective(desk: Desk, active: Map<StepPath, ActiveStep>, scoring: Scoring): void {
  const { path, attempt, check, linked, frame, reads, labelling, scope, output, sources, onEnd } = scoring;
  const { deps, state } = desk;
  const calls = createCalls(desk, path, attempt);
  active.set(
    path,
    startStep<{ readonly ended: 'scored'; readonly verdict: Verdict }>({
      of: { run: state.id, path, attempt, traceparent: state.traceparent },
      clock: deps.clock,
      timeoutMs: undefined,
      onText: () => {},
      onCall: (call) => calls.record(call),
      onWait: noteWaits(desk, path, attempt),
      onError: desk.fail,
      run: async (hooks) => {
        const record = (call: ToolCallReport): void => hooks.onCall(call);
        const sharing = { turn: turnOf(state), onWait: (limit: RateLimit) => hooks.onWait(limit) };
        const mayHave = mayHaveOf(desk, { frame, reads, values: [labelling], uses: [check] });
        const judging = { checks: deps.checks, linked, scope, signal: hooks.signal, record, sharing, mayHave };
        const judged = { output, input: null, sources, earlier: 0 };
        return { ended: 'scored', verdict: await score(check, judged, { ...scope, output }, judging) };
      },
      onEnd: (result, usage) =>
        calls.settle(() => {
          if (!active.delete(path)) return;
          onEnd(
            result.ended === 'failed' ? { error: result.error } : objectiveScore(desk, check, result.verdict),
            usage,
          );
        }),
    }),
  );
}

/** What could not be asked of a model stays untested; a check at hand that cannot say yes says no. */
function objectiveScore({ deps }: Desk, check: CheckUse, verdict: Verdict): ObjectiveScore {
  const said = recordedVerdict(check, verdict);
  const { uses, reason, evidence } = said;
  const known = deps.checks.get(uses);
  if (known !== undefined && asksModel(known, check.with) && (said.verdict === 'error' || quotes(evidence))) {
    const why = said.verdict === 'error' ? reason : 'the model at hand only quotes, and judges nothing';
    return { ...untested, uses, reason: boundedText(`Not tested: ${why}`) };
  }
  return {
    verdict: said.verdict === 'pass' ? 'pass' : 'fail',
    score: said.score,
    reason,
    uses,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** Models of the provider `offline` answer with what they are shown. */
function quotes(evidence: Json | undefined): boolean {
  const model = typeof evidence === 'object' && evidence !== null && 'model' in evidence ? evidence.model : undefined;
  return typeof model === 'string' && model.startsWith('offline/');
}
