import type { RunCounts, RunStatusView, WorkflowSummary } from '@telos/contract';
import { useEffect, useRef, useState } from 'preact/hooks';
import { replace } from '../navigation.ts';
import type { RunsFilter } from '../route.ts';
import { isTyping } from '../parts/is-typing.ts';
import { StatusMark } from '../parts/status-mark.tsx';
import { SavedViews } from './saved-views.tsx';

export type RunFiltersProps = {
  readonly filter: RunsFilter;
  readonly workflows: readonly WorkflowSummary[];
  readonly counts: RunCounts['items'];
  /** Why the server does not take the search. */
  readonly refusal: string | undefined;
  /** Leaves the search for the list. */
  readonly onLeave: () => void;
};

const offered: readonly RunStatusView[] = ['running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled'];
/** The list follows what is typed after this pause. */
const typingMs = 200;

export function RunFilters({ filter, workflows, counts, refusal, onLeave }: RunFiltersProps) {
  const [text, setText] = useState(filter.text ?? '');
  const search = useRef<HTMLInputElement>(null);
  const change = (part: Partial<Record<'workflow' | 'text', string>> & { status?: readonly RunStatusView[] }) => {
    const next = { ...filter, ...part };
    const { workflow, text: words, status } = next;
    replace({
      page: 'runs',
      filter: {
        status,
        ...(workflow === undefined || workflow === '' ? {} : { workflow }),
        ...(words === undefined || words.trim() === '' ? {} : { text: words.trim() }),
      },
    });
  };

  useEffect(() => setText(filter.text ?? ''), [filter.text]);
  useEffect(() => {
    if (text.trim() === (filter.text ?? '')) return undefined;
    const timer = setTimeout(() => change({ text }), typingMs);
    return () => clearTimeout(timer);
  }, [text, filter]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target) || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      search.current?.select();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);

  const toggle = (status: RunStatusView) =>
    change({
      status: filter.status.includes(status)
        ? filter.status.filter((other) => other !== status)
        : [...filter.status, status],
    });

  const known = workflows.map(({ id }) => id);
  const named = filter.workflow === undefined || known.includes(filter.workflow) ? known : [filter.workflow, ...known];

  return (
    <search class="filters">
      <label class="search-field">
        <span class="sr-only">Search runs by id, workflow or tag, or by a condition such as cost &gt; 0.5</span>
        <input
          ref={search}
          type="search"
          placeholder='Search, or cost > 0.5 && "nightly" in tags'
          value={text}
          maxLength={2000}
          aria-invalid={refusal !== undefined}
          aria-describedby={refusal === undefined ? undefined : 'search-refusal'}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              if (text === '') onLeave();
              else change({ text: '' });
              event.preventDefault();
            } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
              event.preventDefault();
              onLeave();
            }
          }}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <div class="chips" role="group" aria-label="Status">
        {offered.map((status) => (
          <button
            key={status}
            type="button"
            class="chip"
            aria-pressed={filter.status.includes(status)}
            onClick={() => toggle(status)}
          >
            <StatusMark status={status} />
            {status}
            <Count of={counts.find((one) => one.status === status)} />
          </button>
        ))}
      </div>
      <label class="select-field">
        <span class="sr-only">Workflow</span>
        <select value={filter.workflow ?? ''} onChange={(event) => change({ workflow: event.currentTarget.value })}>
          <option value="">All workflows</option>
          {named.map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </label>
      <SavedViews filter={filter} />
      {refusal !== undefined && (
        <p id="search-refusal" class="field-error search-refusal" role="alert">
          {refusal}
        </p>
      )}
    </search>
  );
}

function Count({ of: counted }: { readonly of: RunCounts['items'][number] | undefined }) {
  if (counted === undefined || counted.count === 0) return null;
  return <span class="chip-count">{counted.more ? `${counted.count}+` : counted.count}</span>;
}
