/** Asking: a step that may not run unasked waits for a person before it takes a slot. */
import { escalatedModel } from '@telos/core';
import type { History, Json, Permission } from '@telos/core';
import { configuredModels } from '@telos/language';
import type { Desk } from '../desk/desk.ts';
import { didOf } from '../labels/effect.ts';
import type { Forking } from '../attempt/forking.ts';
import { askPermission } from '../labels/ask-permission.ts';
import { isLabelled } from '../labels/labelling.ts';
import { isHeldToRules, leaveFor } from '../labels/leave.ts';
import type { Leave } from '../labels/leave.ts';
import { unknownTool } from '../attempt/absent-tool.ts';
import { prepare, shownInput, unprepared } from '../attempt/preparing.ts';
import type { ActionAt } from '../attempt/preparing.ts';
import { refuseAttempt } from '../attempt/settling.ts';
import { inputRestored } from '../scope/put-back.ts';

/** Whether a step may not simply run: it asks, or what it is given is labelled or held to rules. */
export function needsLeave({ state, contexts }: Desk, { step, frame }: ActionAt): boolean {
  const context = contexts.of(frame);
  return step.asks === true || isLabelled(state, context) || isHeldToRules(step, context);
}

/** Calls `go` when the step may run with what it is given; else a person is asked, or it fails. */
export function withLeave(desk: Desk, forking: Forking, at: ActionAt, attempt: number, go: () => void): void {
  const { state, deps } = desk;
  const { path, step } = at;
  const known = state.steps.get(path);
  // One that runs already was let go before it did: a person has decided about something else of it.
  const allowed = known?.status === 'retrying' ? known.history.allowed : undefined;
  const isEscalated =
    known?.status === 'retrying' && escalatedModel(step.gate?.onFail ?? [], known.history.rejections) !== undefined;
  // What they wrote in place of the arguments nobody has held against what is denied to all, nor another model.
  const isSame = allowed !== undefined && allowed.input === undefined && !isEscalated;
  if (known?.status === 'running' || isSame) {
    go();
    return;
  }
  const fail = (error: unknown): void => refuseAttempt(desk, at, attempt, unprepared(error));
  prepare(desk, at, attempt, {
    path,
    onUnprepared: fail,
    onReady(prepared) {
      const { context } = prepared;
      const tool = context.tool(step.uses);
      let shown: Json;
      try {
        if (tool === undefined) throw unknownTool(step.uses);
        shown = shownInput(prepared);
      } catch (error) {
        fail(error);
        return;
      }
      // What a fork may not do again is not called, so nobody need allow it.
      if (state.fork !== undefined && forking.withholds(didOf(prepared, tool))) {
        go();
        return;
      }
      const follow = (leave: Leave): void => {
        if (leave === 'given') go();
        else if ('refused' in leave) fail(leave.refused);
        else if (allowed !== undefined && isCovered(leave.ask, allowed, isEscalated)) go();
        else askPermission(desk, prepared, shown, prepared.labelling, prepared.rendering.hide(leave.ask));
      };
      const privateHosts = deps.privateHosts ?? configuredModels;
      // Rules are held against what the tool is given, and nobody is shown what is hidden.
      const leave = leaveFor({ ...prepared, tool, shown: inputRestored(shown, prepared.texts), privateHosts });
      if (leave instanceof Promise) desk.whenCome(leave, follow, { path });
      else follow(leave);
    },
  });
}

/** Whether what a person has allowed goes for this as well: a gate may have turned to a model of another host. */
function isCovered(
  { because, hosts = [] }: Permission,
  { hosts: allowed }: NonNullable<History['allowed']>,
  isEscalated: boolean,
): boolean {
  if (!isEscalated || !because.includes('private') || allowed?.length === 0) return true;
  return allowed !== undefined && hosts.length > 0 && hosts.every((host) => allowed.includes(host));
}
