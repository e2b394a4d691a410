import type { PermissionView } from '@telos/contract';

/** Why a tool asks for leave to run, and which source is behind which argument. */
export function Permission({ permission }: { readonly permission: PermissionView }) {
  const { uses, effect, because, hosts = [], arguments: carried } = permission;
  const reasons = {
    rule: 'a rule of the workflow says to ask',
    untrusted: 'text from outside would decide about its effect',
    private: `private data would be sent to ${hosts.length === 0 ? 'somewhere outside' : hosts.join(', ')}`,
  };
  return (
    <div class="permission">
      <p>
        <code>{uses}</code> <span class="faint">{effect}</span>: {because.map((reason) => reasons[reason]).join('; ')}.
      </p>
      {carried.length > 0 && (
        <ul>
          {carried.map(({ argument, label, from }) => (
            <li key={`${argument} ${label}`}>
              <code>{argument}</code> <span class={`tag label-${label}`}>{label}</span> from {from.join(', ')}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
