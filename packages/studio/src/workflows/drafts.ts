import { signal } from '@preact/signals';

/** Texts that were changed and not saved, by workflow id ('' for a new one). They last as long as the page does. */
export const drafts = signal<ReadonlyMap<string, string>>(new Map());

export function keepDraft(id: string, text: string): void {
  drafts.value = new Map(drafts.value).set(id, text);
}

export function dropDraft(id: string): void {
  const rest = new Map(drafts.value);
  rest.delete(id);
  drafts.value = rest;
}

addEventListener('beforeunload', (event) => {
  if (drafts.value.size > 0) event.preventDefault();
});
