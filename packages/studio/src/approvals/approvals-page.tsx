import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { ApprovalPage, ApprovalView } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { Notice } from '../parts/notice.tsx';
import { formatRoute } from '../route.ts';
import { pause } from '../server/follow-run.ts';
import { request, RequestFailure } from '../server/request.ts';
import { ApprovalCard } from './approval-card.tsx';

const readEveryMs = 5_000;

/** What waits for a person, longest waiting first; of one run, or of all. */
export function ApprovalsPage({ run }: { readonly run?: string }) {
  const items = useSignal<readonly ApprovalView[] | undefined>(undefined);
  const more = useSignal(false);
  const failure = useSignal<string | undefined>(undefined);
  const decided = useSignal<ReadonlySet<string>>(new Set());

  useEffect(() => {
    document.title = 'Approvals · Telos';
    const closed = new AbortController();
    const read = async () => {
      while (!closed.signal.aborted) {
        try {
          const query = run === undefined ? '' : `?run=${encodeURIComponent(run)}`;
          const page = await request<ApprovalPage>(`${locations.approvals}${query}`, { signal: closed.signal });
          items.value = page.items;
          more.value = page.next !== undefined;
          failure.value = undefined;
        } catch (error) {
          if (closed.signal.aborted) return;
          failure.value = error instanceof RequestFailure ? error.message : String(error);
        }
        await pause(readEveryMs, closed.signal);
      }
    };
    void read();
    return () => closed.abort();
  }, [run]);

  const shown = items.value?.filter(({ id }) => !decided.value.has(id));
  return (
    <main class="approvals-page">
      <h1>Approvals</h1>
      {run !== undefined && (
        <p>
          Of one run. <a href={formatRoute({ page: 'approvals' })}>All approvals</a>
        </p>
      )}
      {failure.value !== undefined && (
        <Notice tone="error" title={failure.value}>
          <p>This page tries again every few seconds.</p>
        </Notice>
      )}
      {shown === undefined && failure.value === undefined && <Notice title="Reading…" />}
      {shown?.length === 0 && (
        <Notice title="Nothing waits for a decision.">
          <p>
            Steps that ask a person come here by themselves: an <code>approve</code> step, a gate that nothing passed, a
            tool that may not run unasked, a plan, and a step of which nobody knows whether it happened.
          </p>
        </Notice>
      )}
      {shown?.map((approval) => (
        <ApprovalCard
          key={approval.id}
          approval={approval}
          onDecided={() => {
            decided.value = new Set([...decided.value, approval.id]);
          }}
        />
      ))}
      {more.value && <p class="faint">There are more; they come when these are decided.</p>}
    </main>
  );
}
