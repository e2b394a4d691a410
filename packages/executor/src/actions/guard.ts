/**
 * The rails before a call: what an action is given is judged before its attempt
 * starts, so the journal has the answer before anything acts on it, and nothing
 * of what was replaced.
 */
import { errorRecordOf, judgeRails, railsResult, turnOf } from '@telos/core';
import type { Json, Payload, RailPlace, RailsJudged, RailUse } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import { prepare, shownInput, unprepared } from '../attempt/preparing.ts';
import { mayHaveOf } from '../labels/private-judging.ts';
import type { ActionAt, Prepared } from '../attempt/preparing.ts';
import { refuseAttempt } from '../attempt/settling.ts';
import { hasPassed, waitFor } from '../rails/asked.ts';
import { keepingOf } from '../rails/keeping.ts';
import { whatOf } from '../rails/railing.ts';
import { beforeCall, railsOf } from '../rails/rails-of.ts';

/** Calls `go` once what the attempt is given has passed its rails; at once when it has none, or has passed them before. */
export function guard(desk: Desk, at: ActionAt, attempt: number, go: () => void): void {
  const open = openPlaces(desk, at);
  if (open.length === 0) {
    go();
    return;
  }
  prepare(desk, at, attempt, {
    path: at.path,
    onUnprepared: (error) => refuse(desk, at, attempt, error),
    onReady(prepared) {
      let shown: Json;
      try {
        shown = shownInput(prepared);
      } catch (error) {
        refuse(desk, at, attempt, error);
        return;
      }
      judgeAll(desk, prepared, open, shown, go);
    },
  });
}

type Place = readonly [RailPlace, readonly RailUse[]];
type Answer = readonly [...Place, RailsJudged];

/** Places whose rails have not let the input pass, nor those of a later place what is left of it. */
function openPlaces(desk: Desk, { path, step, frame }: ActionAt): readonly Place[] {
  const rails = railsOf(desk, step, frame);
  if (rails === undefined) return [];
  const judged = desk.state.rails.get(path) ?? {};
  const passed = beforeCall.findLastIndex((place) => hasPassed(judged[place]) && judged[place].value !== undefined);
  return beforeCall.slice(passed + 1).flatMap((place) => {
    const list = rails[place] ?? [];
    return list.length === 0 ? [] : [[place, list] as const];
  });
}

/** Judges by one place after the other, and records all of it at once. Held under the step's path meanwhile. */
function judgeAll(desk: Desk, prepared: Prepared, open: readonly Place[], shown: Json, go: () => void): void {
  const { path } = prepared;
  const aborting = new AbortController();
  desk.hold(path, () => aborting.abort(new Error('The step is not wanted any more.')));
  answersOf(desk, prepared, open, shown, aborting.signal)
    .then(
      (answers) => {
        if (aborting.signal.aborted) return;
        desk.release(path);
        desk.store(answers.at(-1)?.[2].value ?? null, (value) => settle(desk, prepared, answers, value, go), { path });
      },
      (error: unknown) => {
        if (!aborting.signal.aborted) throw error;
      },
    )
    .catch(desk.fail);
}

/** Ends with the first place that does not let the value pass. */
async function answersOf(
  desk: Desk,
  { at, path, scope, context, sources, labelling }: Prepared,
  open: readonly Place[],
  shown: Json,
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let value = shown;
  for (const [place, list] of open) {
    const guarded = { place, what: `${whatOf[place]} of ${path}`, value, input: null, sources: sources() };
    const judged = await judgeRails(list, guarded, {
      checks: desk.deps.checks,
      render: (template) => context.linked.render(template, scope),
      // No attempt is under way that could hold the calls: they stand with the answer.
      record: () => {},
      signal,
      vault: desk.vault,
      clock: desk.deps.clock,
      sharing: { turn: turnOf(desk.state) },
      keeping: keepingOf(desk, at),
      mayHave: mayHaveOf(desk, { frame: at.frame, reads: at.step.reads, values: [labelling], uses: list }),
    });
    answers.push([place, list, judged]);
    if (judged.outcome !== 'pass') break;
    value = judged.value ?? null;
  }
  return answers;
}

/** @param value Of the last answer: what those before it left may hold what it replaced, and is recorded by nobody. */
function settle(
  desk: Desk,
  { at, path, attempt, labelling }: Prepared,
  answers: readonly Answer[],
  value: Payload,
  go: () => void,
): void {
  for (const [index, [place, list, judged]] of answers.entries()) {
    const isLast = index === answers.length - 1;
    const result = {
      ...railsResult(place, judged),
      ...(isLast && judged.value !== undefined ? { value } : {}),
    };
    const told = {
      do: 'judgeRails',
      at: desk.now(),
      path,
      attempt,
      result,
      usage: judged.usage,
      calls: judged.calls,
    } as const;
    if (!desk.apply(told)) return;
    if (judged.outcome === 'block')
      refuseAttempt(desk, at, attempt, judged.error ?? errorRecordOf(undefined, 'RAIL_BLOCKED'));
    else if (judged.outcome === 'ask') {
      const wait = waitFor(place, list, judged.verdicts, value, 'go_on');
      desk.apply({ do: 'openWait', at: desk.now(), path, attempt, wait, labelling });
    } else if (isLast) desk.whenGoing(path, go);
  }
}

function refuse(desk: Desk, at: ActionAt, attempt: number, error: unknown): void {
  refuseAttempt(desk, at, attempt, unprepared(error));
}
