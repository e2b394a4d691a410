import type { PermissionView } from '@telos/contract';

/** Why a tool asks for leave to run, and which source is behind which argument: a line each. */
export function permissionLines(permission: PermissionView | undefined): readonly string[] {
  if (permission === undefined) return [];
  const { uses, effect, because, hosts, arguments: carried } = permission;
  const reasons = {
    rule: 'it is under `permissions.ask`',
    untrusted: 'text from outside would decide about its effect',
    private: `private data would be sent to ${hosts === undefined || hosts.length === 0 ? 'somewhere outside' : hosts.join(', ')}`,
  };
  return [
    `${uses} (${effect}) asks because ${because.map((reason) => reasons[reason]).join(', and ')}`,
    ...carried.map(({ argument, label, from }) => `${argument}: ${label}, from ${from.join(', ')}`),
  ];
}
