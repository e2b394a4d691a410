/**
 * The rails before a call: what an action is given is judged before its attempt
 * starts, so the journal has the answer before anything acts on it, and nothing
 * of what was replaced.
 */
import { errorRecordOf, judgeRails, railsResult, turnOf } from '@telos/core';
import type { Json, RailPlace, RailsJudged, RailUse } from '@telos/core';
import type { Desk } from '../desk.ts';
import { prepare, shownInput, unprepared } from '../preparing.ts';
import type { ActionAt, Prepared } from '../preparing.ts';
import { settleFailure } from '../settling.ts';
import { hasPassed, waitFor } from './asked.ts';
import { whatOf } from './railing.ts';
import { beforeCall, railsOf } from './rails-of.ts';

/** Calls `go` once what the attempt is given has passed its rails; at once when it has none, or has passed them before. */
export function guard(desk: Desk, at: ActionAt, attempt: number, go: () => void): void {
  const open = openPlaces(desk, at);
  if (open.length === 0) {
    go();
    return;
  }
  prepare(desk, at, attempt, {
    onError: (error) => refuse(desk, at, attempt, error),
    onReady(prepared) {
      let shown: Json;
      try {
        shown = shownInput(prepared);
      } catch (error) {
        refuse(desk, at, attempt, error);
        return;
      }
      judgeNext(desk, prepared, shown, go);
    },
  });
}

type Place = readonly [RailPlace, readonly RailUse[]];

function openPlaces(desk: Desk, { path, step, frame }: ActionAt): readonly Place[] {
  const rails = railsOf(step, frame);
  if (rails === undefined) return [];
  const judged = desk.state.rails.get(path);
  return beforeCall.flatMap((place) => {
    const list = rails[place] ?? [];
    return list.length === 0 || hasPassed(judged?.[place]) ? [] : [[place, list] as const];
  });
}

/** Judges by the next place that is open, and goes on from there. Held under the step's path meanwhile. */
function judgeNext(desk: Desk, prepared: Prepared, shown: Json, go: () => void): void {
  const { at, path, attempt } = prepared;
  const [next] = openPlaces(desk, at);
  if (next === undefined) {
    desk.whenGoing(path, go);
    return;
  }
  const [place, list] = next;
  const aborting = new AbortController();
  desk.hold(path, () => aborting.abort(new Error('The step is not wanted any more.')));
  judged(desk, prepared, next, shown, aborting.signal)
    .then(
      (answer) => {
        if (aborting.signal.aborted) return;
        desk.release(path);
        desk.store(
          answer.value ?? null,
          (value) => {
            const result = { ...railsResult(place, answer), ...(answer.value === undefined ? {} : { value }) };
            const told = { do: 'judgeRails', at: desk.now(), path, attempt, result, usage: answer.usage } as const;
            if (!desk.apply(told)) return;
            if (answer.outcome === 'block') refuseBy(desk, at, attempt, answer);
            else if (answer.outcome === 'pass') judgeNext(desk, prepared, answer.value ?? null, go);
            else {
              const wait = waitFor(place, list, answer.verdicts, value, 'go_on');
              desk.apply({ do: 'openWait', at: desk.now(), path, attempt, wait, labelling: prepared.labelling });
            }
          },
          { path },
        );
      },
      (error: unknown) => {
        if (!aborting.signal.aborted) throw error;
      },
    )
    .catch(desk.fail);
}

function judged(
  desk: Desk,
  { path, scope, context, sources }: Prepared,
  [place, list]: Place,
  value: Json,
  signal: AbortSignal,
): Promise<RailsJudged> {
  return judgeRails(
    list,
    { place, what: `${whatOf[place]} of ${path}`, value, input: null, sources: sources() },
    {
      checks: desk.deps.checks,
      render: (template) => context.linked.render(template, scope),
      // No attempt is under way that could hold the calls: what they cost is in the answer.
      record: () => {},
      signal,
      vault: desk.vault,
      sharing: { turn: turnOf(desk.state) },
    },
  );
}

function refuseBy(desk: Desk, at: ActionAt, attempt: number, { error }: RailsJudged): void {
  desk.apply({ do: 'startStep', at: desk.now(), path: at.path, attempt });
  settleFailure(desk, at, attempt, error ?? errorRecordOf(new Error('A rail blocks it.'), 'RAIL_BLOCKED'));
}

function refuse(desk: Desk, at: ActionAt, attempt: number, error: unknown): void {
  desk.apply({ do: 'startStep', at: desk.now(), path: at.path, attempt });
  settleFailure(desk, at, attempt, unprepared(error));
}
