import type { WorkflowDetail } from '@telos/contract';
import { formatMinute } from '../format/instant.ts';
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
            {hash.slice(0, 8)} · {formatMinute(Date.parse(stored_at))}
            {hash === current ? ' · current' : ''}
          </option>
        ))}
      </select>
    </label>
  );
}
