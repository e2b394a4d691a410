import type { WorkflowDetail } from '@telos/contract';
import { formatExactly } from '../format/instant.ts';
import { go } from '../navigation.ts';

export type VersionSelectProps = {
  readonly published: WorkflowDetail;
  /** Hash of the version that is shown. */
  readonly chosen: string;
};

/** Leads to the versions of a workflow, newest first. */
export function VersionSelect({ published: { id, versions, hash: current }, chosen }: VersionSelectProps) {
  return (
    <label class="version-select">
      <span class="sr-only">Version</span>
      <select
        value={chosen}
        onChange={({ currentTarget: { value } }) =>
          go({ page: 'workflow', id, ...(value === current ? {} : { version: value }) })
        }
      >
        {versions.map(({ hash, stored_at }) => (
          <option key={hash} value={hash}>
            {hash.slice(0, 8)} · {formatExactly(Date.parse(stored_at)).replace(/:\d\d\.\d+$/, '')}
            {hash === current ? ' · current' : ''}
          </option>
        ))}
      </select>
    </label>
  );
}
