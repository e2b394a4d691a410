import type { ComponentChild } from 'preact';
import type { RowStatus } from '../run/run-model.ts';

/** Each status has a shape of its own, so that it is told without colour. */
const shapes: Readonly<Record<RowStatus, ComponentChild>> = {
  pending: (
    <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.3 2.3" />
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" opacity="0.3" />
      <path
        class="turning"
        d="M8 2.5a5.5 5.5 0 0 1 5.5 5.5"
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
      />
    </>
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" />
      <path d="M8 5v3.2l2 1.3" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />
    </>
  ),
  paused: <path d="M5.5 3.5v9M10.5 3.5v9" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" />,
  succeeded: (
    <>
      <circle cx="8" cy="8" r="6.5" fill="currentColor" />
      <path
        class="cut"
        d="m5 8.2 2.1 2.1L11 6"
        fill="none"
        stroke-width="1.7"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </>
  ),
  failed: (
    <>
      <path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z" fill="currentColor" />
      <path class="cut" d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" fill="none" stroke-width="1.7" stroke-linecap="round" />
    </>
  ),
  rejected: (
    <>
      <path
        d="M8 1.5 14.5 8 8 14.5 1.5 8z"
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linejoin="round"
      />
      <path d="M6.2 6.2l3.6 3.6m0-3.6-3.6 3.6" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />
    </>
  ),
  skipped: (
    <path
      d="M2.5 8h7m-3-3.5L10 8l-3.5 3.5M13 4v8"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="1.5" />
      <path d="m4.2 11.8 7.6-7.6" stroke="currentColor" stroke-width="1.5" />
    </>
  ),
  in_doubt: (
    <>
      <path d="M8 1.8 14.8 13.7H1.2z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />
      <path d="M8 6v3.5m0 1.7v.1" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
    </>
  ),
  quarantined: (
    <>
      <rect x="2" y="2" width="12" height="12" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.5" />
      <path d="M8 4.8v4m0 2.3v.1" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" />
    </>
  ),
};

/** A word for each, as screens say it. */
export function statusWord(status: RowStatus): string {
  return status === 'in_doubt' ? 'in doubt' : status;
}

/** The mark alone; what stands beside it names the status in words. */
export function StatusMark({ status }: { readonly status: RowStatus }) {
  return (
    <svg class={`mark is-${status}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
      {shapes[status]}
    </svg>
  );
}

/** Mark and word. */
export function Status({ status }: { readonly status: RowStatus }) {
  return (
    <span class={`status is-${status}`}>
      <StatusMark status={status} />
      {statusWord(status)}
    </span>
  );
}
