import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

function matches(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const state = signal(list.matches);
  list.addEventListener('change', () => {
    state.value = list.matches;
  });
  return state;
}

/** One column: a phone, or a narrow window. Must agree with the breakpoint in the styles. */
export const isNarrow = matches('(max-width: 719.98px)');

/** The inspector lies over the steps instead of standing beside them. */
export const isSheet = matches('(max-width: 1023.98px)');
