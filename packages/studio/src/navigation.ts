import { computed, signal } from '@preact/signals';
import { formatRoute, parseRoute } from './route.ts';
import type { Route } from './route.ts';

const fragment = signal(location.hash);
addEventListener('hashchange', () => {
  fragment.value = location.hash;
});

/** Where the reader is. */
export const route = computed(() => parseRoute(fragment.value));

/** Goes there, as a link does: the way back leads here. */
export function go(to: Route): void {
  location.hash = formatRoute(to);
}

/** Changes what the address says of this very view; the way back skips it. */
export function replace(to: Route): void {
  history.replaceState(null, '', formatRoute(to));
  fragment.value = location.hash;
}
