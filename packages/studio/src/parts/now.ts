import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** This moment, to the quarter of a second while something on the screen runs, else to the second. */
export const now = signal(Date.now());

let hurried = 0;
let last = 0;

setInterval(() => {
  const at = Date.now();
  if (document.hidden || at - last < (hurried > 0 ? 240 : 990)) return;
  last = at;
  now.value = at;
}, 250);

/** Makes time pass in quarters of a second while `active`. */
export function useQuickTime(active: boolean): void {
  useEffect(() => {
    if (!active) return undefined;
    hurried += 1;
    return () => {
      hurried -= 1;
    };
  }, [active]);
}
