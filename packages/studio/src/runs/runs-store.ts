/** The list of runs: read in pages as the reader scrolls, its newest page read again every few seconds. */
import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { RunCounts, RunPage } from '@telos/contract';
import type { RunsFilter } from '../route.ts';
import { pause } from '../server/follow-run.ts';
import { request, RequestFailure } from '../server/request.ts';
import { appendPage, mergeNewest } from './merge-page.ts';
import type { HeldRuns } from './merge-page.ts';
import { countQuery, runQuery } from './run-query.ts';

export type RunsState = {
  /** Undefined until the first page has come. */
  readonly held?: HeldRuns;
  /** Why the newest reading failed; what was read before stays. */
  readonly failure?: RequestFailure;
  /** How many there are of each status, whatever statuses are shown. */
  readonly counts?: RunCounts['items'];
};

export type RunsStore = {
  readonly state: ReadonlySignal<RunsState>;
  /** Reads the page that follows, unless that is under way. */
  more(): void;
  close(): void;
};

const pageSize = 100;
const mostRefreshed = 200;
const everyMs = 2_000;
const afterFailureMs = 5_000;

export function openRuns(filter: RunsFilter): RunsStore {
  const state = signal<RunsState>({});
  const closed = new AbortController();
  const { signal: closing } = closed;
  let reading = false;

  void refresh();

  async function refresh(): Promise<void> {
    while (!closing.aborted) {
      let restMs = everyMs;
      try {
        if (!document.hidden) {
          const limit = Math.min(mostRefreshed, Math.max(pageSize, state.peek().held?.runs.length ?? 0));
          const [page, { items: counts }] = await Promise.all([
            request<RunPage>(runQuery(filter, limit), { signal: closing }),
            request<RunCounts>(countQuery(filter), { signal: closing }),
          ]);
          state.value = { counts, held: mergeNewest(state.peek().held, page) };
        }
      } catch (error) {
        if (closing.aborted) return;
        restMs = afterFailureMs;
        const failure = failureOf(error);
        state.value = { ...state.peek(), failure };
        // What the server does not understand it will not understand later.
        if (failure.problem?.status === 400) return;
      }
      await pause(restMs, closing);
    }
  }

  async function readMore(cursor: string): Promise<void> {
    try {
      const page = await request<RunPage>(runQuery(filter, pageSize, cursor), { signal: closing });
      const { held } = state.peek();
      // A refresh may have changed what lies at the end meanwhile; then the page has no place.
      if (held?.next === cursor) state.value = { ...state.peek(), held: appendPage(held, page) };
    } catch (error) {
      if (!closing.aborted) state.value = { ...state.peek(), failure: failureOf(error) };
    }
  }

  return {
    state,
    more() {
      const cursor = state.peek().held?.next;
      if (reading || cursor === undefined) return;
      reading = true;
      void readMore(cursor).finally(() => {
        reading = false;
      });
    },
    close: () => closed.abort(),
  };
}

function failureOf(error: unknown): RequestFailure {
  return error instanceof RequestFailure ? error : new RequestFailure(String(error));
}
