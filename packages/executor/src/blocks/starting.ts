/** Starting a block: leave for what it is given, its start in the journal, and its opening. */
import { errorRecordOf, labellingOf, wholeOf } from '@telos/core';
import type { At, ErrorRecord, Labelling, Usage } from '@telos/core';
import type { Scope } from '@telos/language';
import type { Desk } from '../desk/desk.ts';
import { labellingOfStart } from '../labels/block-labelling.ts';
import { askLeave, leaveForCall } from '../labels/call-leave.ts';
import type { CallLeave } from '../labels/call-leave.ts';
import { withPlannersLeave } from '../labels/planner-leave.ts';
import type { Opening } from './opening-block.ts';

export interface Starting {
  /** The block's `when` held: record its start and open it. */
  start(at: At, scope: Scope): void;
  /** The block has started and is not open: a retry, or what a lost owner left. */
  open(at: At): void;
}

type Fail = (at: At, error: ErrorRecord, usage: Usage | undefined, made: Labelling) => void;

export function createStarting(desk: Desk, opening: Opening, fail: Fail): Starting {
  const { state } = desk;

  function begin(at: At, scope: Scope, leave: Exclude<CallLeave, { readonly ask: unknown }>): void {
    const { path } = at;
    const labelling = labellingOfStart(desk, at);
    if (!desk.apply({ do: 'startStep', at: desk.now(), path, attempt: 1, labelling })) return;
    if (leave === 'given') opening.open(at, scope);
    else fail(at, errorRecordOf(leave.refused), undefined, labelling);
  }

  return {
    start(at, scope) {
      const leave = leaveForCall(desk, at, scope);
      if (leave !== 'given' && 'ask' in leave) {
        askLeave(desk, at, leave.shown, leave.ask);
        return;
      }
      if (at.step.kind === 'plan') withPlannersLeave(desk, at, scope, () => begin(at, scope, leave));
      else begin(at, scope, leave);
    },
    open(at) {
      const before = state.steps.get(at.path);
      const allowed = before !== undefined && 'history' in before ? before.history.allowed?.input : undefined;
      const more = allowed === undefined ? [] : [allowed];
      desk.read({ path: at.path, frame: at.frame, reads: at.step.reads, more }, (scope, lookup) => {
        const { path } = at;
        const known = state.steps.get(path);
        const hasBody = state.blocks.has(path);
        if (known?.status === 'retrying') {
          const { attempt, carried } = known;
          const labelling =
            hasBody && carried !== undefined ? wholeOf(labellingOf(carried, path)) : labellingOfStart(desk, at);
          desk.apply({ do: 'startStep', at: desk.now(), path, attempt, labelling });
        }
        // One whose body has ended is closed: a person has let what it gave go on.
        if (hasBody) return;
        const written = allowed === undefined ? undefined : lookup(allowed);
        const leave = written === undefined ? 'given' : leaveForCall(desk, at, scope, written);
        if (leave !== 'given' && 'refused' in leave)
          fail(at, errorRecordOf(leave.refused), undefined, labellingOfStart(desk, at));
        else opening.open(at, scope, written);
      });
    },
  };
}
