/**
 * Leave for what a plan block asks its planner: private data goes to no model whose host may not have any, unless a
 * person has seen what would be sent. What the steps of the plan do is held to labels by themselves.
 */
import { isJsonObject } from '@telos/core';
import type { At, Destination, Json } from '@telos/core';
import { closedHosts, configuredModels } from '@telos/language';
import type { Scope } from '@telos/language';
import { askPermission } from './ask-permission.ts';
import { labellingOfStart } from './block-labelling.ts';
import type { Desk } from '../desk/desk.ts';
import { argumentsOf } from './leave.ts';

/** Calls `go` where the planner may be asked; else a person is. */
export function withPlannersLeave(desk: Desk, at: At, scope: Scope, go: () => void): void {
  const { step, frame } = at;
  const { deps } = desk;
  if (step.kind !== 'plan' || deps.planner?.sendsTo === undefined) {
    go();
    return;
  }
  const labelling = labellingOfStart(desk, at);
  const { linked, permissions } = desk.contexts.of(frame);
  const open = [...(deps.privateHosts ?? configuredModels), ...(permissions[0]?.hosts ?? [])];
  if (labelling.private === undefined || open.includes('models')) {
    go();
    return;
  }
  let request: Json;
  let coming: Promise<readonly Destination[]>;
  try {
    request = linked.render(step.with, scope);
    coming = deps.planner.sendsTo(isJsonObject(request) ? request : {});
  } catch {
    // It fails when it is opened, and says why.
    go();
    return;
  }
  const closed = coming.then(
    (destinations) => closedHosts(open, destinations),
    () => 'unknown' as const,
  );
  const follow = (hosts: Awaited<typeof closed>): void => {
    if (hosts.length === 0) {
      desk.whenGoing(at.path, go);
      return;
    }
    askPermission(desk, { path: at.path, attempt: 1 }, request, labelling, {
      uses: 'plan',
      effect: 'read',
      because: ['private'],
      hosts: hosts === 'unknown' ? [] : [...hosts],
      arguments: argumentsOf(request, labelling),
    });
  };
  desk.whenCome(closed, follow, { path: at.path });
}
