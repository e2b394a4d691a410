/** What an app says: for people who use a workflow, and need not know that it is one. */
import type { ErrorView } from '@telos/contract';
import type { RunModel } from '../run/run-model.ts';
import { decisionAt } from '../run/wait-note.ts';

/** `vendor_brief` is the Vendor brief. */
export function spoken(name: string): string {
  const words = name.replaceAll(/[_-]+/g, ' ').trim();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

export type Progress = {
  readonly message: string;
  /** Steps of the workflow's own list that are done, and how many there are. */
  readonly done: number;
  readonly all: number;
  /** A person has to do something before it goes on. */
  readonly isHeld: boolean;
};

/** How far a run has come. */
export function progressOf(model: RunModel): Progress {
  const own = [...model.steps.values()].filter(({ parent }) => parent === undefined);
  const done = own.filter(({ status }) => status === 'succeeded' || status === 'skipped').length;
  const held = [...model.steps.values()].some((step) => decisionAt(model.detail.id, step) !== undefined);
  const at = { done, all: own.length };
  if (model.status === 'paused') return { ...at, message: 'It is paused. Somebody has to let it go on.', isHeld: true };
  if (held) return { ...at, message: 'Somebody has to decide before it goes on.', isHeld: true };
  const waiting = own.find(({ status }) => status === 'waiting');
  if (model.status === 'waiting')
    return {
      ...at,
      message:
        waiting?.wait?.for.kind === 'signal' ? 'It waits for news from elsewhere.' : 'It waits, and goes on by itself.',
      isHeld: false,
    };
  if (model.status === 'pending') return { ...at, message: 'It is about to begin.', isHeld: false };
  const now = own.find(({ status }) => status === 'running');
  return { ...at, message: now === undefined ? 'Working…' : `${spoken(now.id)}…`, isHeld: false };
}

export type Trouble = {
  readonly title: string;
  readonly message: string;
  /** Trying the same again may help. */
  readonly again: boolean;
};

/** Why there is no result, without a word about how it is made. */
export function troubleOf(error: ErrorView | undefined): Trouble {
  if (error === undefined) return { title: 'It ended without a result.', message: 'Try it again.', again: true };
  const known = byCode[error.code];
  if (known !== undefined) return { ...known, again: error.kind === 'retryable' };
  if (error.kind === 'retryable')
    return {
      title: 'Something that this needs did not answer.',
      message: 'This often passes. Try it again in a moment.',
      again: true,
    };
  return {
    title: 'This could not be done.',
    message:
      error.kind === 'bug'
        ? 'The fault is not yours. Tell whoever looks after this app, and give them the number below.'
        : 'Look over what you entered and try again. If that does not help, tell whoever looks after this app, and give them the number below.',
    again: error.kind === 'terminal',
  };
}

const byCode: { readonly [code: string]: Omit<Trouble, 'again'> | undefined } = {
  GATE_FAILED: {
    title: 'No result was good enough.',
    message: 'What came out did not pass the checks of this app. Try it again, or put what you entered another way.',
  },
  RAIL_BLOCKED: {
    title: 'This was held back.',
    message: 'What was entered, or what came out, is not allowed here.',
  },
  BUDGET_EXCEEDED: {
    title: 'This took more than it may.',
    message: 'Ask for less at once, or tell whoever looks after this app.',
  },
  STEP_TIMEOUT: { title: 'This took too long.', message: 'Try it again in a moment.' },
  APPROVAL_REJECTED: { title: 'Somebody decided against it.', message: 'Ask whoever decides here.' },
};
