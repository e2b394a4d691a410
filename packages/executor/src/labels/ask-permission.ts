import type { Json, Labelling, Payload, Permission, StepPath } from '@telos/core';
import type { Desk } from '../desk/desk.ts';

/**
 * Has a person decide about a call.
 *
 * @param shown What it would be given.
 * @param labelling Of that.
 */
export function askPermission(
  desk: Desk,
  { path, attempt }: { readonly path: StepPath; readonly attempt: number },
  shown: Json,
  labelling: Labelling,
  permission: Permission,
): void {
  const open = (show: Payload): void => {
    const wait = { kind: 'approval', purpose: 'permission', who: [], show, onTimeout: 'fail', permission } as const;
    desk.apply({ do: 'openWait', at: desk.now(), path, attempt, wait: { ...wait, who: [] }, labelling });
  };
  desk.store(shown, open, { path });
}
