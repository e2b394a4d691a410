import { useEffect } from 'preact/hooks';
import { go } from '../navigation.ts';
import { isTyping } from '../parts/is-typing.ts';
import { noFilter } from '../route.ts';
import type { Route } from '../route.ts';

/** Where the key after `g` leads. */
const places: { readonly [key: string]: Route } = {
  r: { page: 'runs', filter: noFilter },
  w: { page: 'workflows' },
  o: { page: 'objectives' },
  a: { page: 'approvals' },
};

/** How long `g` waits for the key that says where to go. */
const secondKeyMs = 1_500;

/** Keys that work on every page: `?` for help, `g` and a letter to go somewhere, `n` for a new run. */
export function usePageKeys(onHelp: () => void): void {
  useEffect(() => {
    let asked = -Infinity;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]') !== null) return;
      const place = event.timeStamp - asked < secondKeyMs ? places[event.key] : undefined;
      asked = event.key === 'g' ? event.timeStamp : -Infinity;
      if (place !== undefined) go(place);
      else if (event.key === '?') onHelp();
      else if (event.key === 'n') go({ page: 'start' });
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}
