/** Leave to run: tools that `permissions.ask` names wait for a person before they start. */
import type { Json, Payload, RunState } from '@telos/core';
import type { Desk } from './desk.ts';
import { prepare, shownInput, unprepared } from './preparing.ts';
import type { ActionAt } from './preparing.ts';
import { settleFailure } from './settling.ts';

/** Whether a person has to be asked before this step runs. */
export function isUnasked(state: RunState, { path, step }: ActionAt): boolean {
  if (step.asks !== true) return false;
  const known = state.steps.get(path);
  return !(known?.status === 'retrying' && known.history.allowed !== undefined);
}

/** Asks a person: shows what the step would be given, as its rails left it. Holds no slot. */
export function askLeave(desk: Desk, at: ActionAt, attempt: number): void {
  const { path } = at;
  const onError = (error: unknown): void => {
    desk.apply({ do: 'startStep', at: desk.now(), path, attempt });
    settleFailure(desk, at, attempt, unprepared(error));
  };
  prepare(desk, at, attempt, {
    onError,
    onReady(prepared) {
      let shown: Json;
      try {
        shown = shownInput(prepared);
      } catch (error) {
        onError(error);
        return;
      }
      const { labels } = prepared;
      const open = (show: Payload): void => {
        const wait = { kind: 'approval', purpose: 'permission', who: [], show, onTimeout: 'fail' } as const;
        desk.apply({ do: 'openWait', at: desk.now(), path, attempt, wait: { ...wait, who: [] }, labels });
      };
      desk.store(shown, open, { path });
    },
  });
}
