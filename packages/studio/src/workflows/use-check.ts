import { useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { CheckRequest, CheckResult } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { request } from '../server/request.ts';

/** A pause in typing this long asks the compiler. */
const silenceMs = 250;

export type Checked = { readonly source: string; readonly result: CheckResult };

/** What the compiler says of a text, a moment after it was last changed; undefined until the first answer. */
export function useCheck(source: string): ReadonlySignal<Checked | undefined> {
  const checked = useSignal<Checked | undefined>(undefined);
  useEffect(() => {
    const stopped = new AbortController();
    const body: CheckRequest = { source };
    const ask = () => {
      request<CheckResult>(locations.check, { method: 'POST', body, signal: stopped.signal }).then(
        (result) => {
          checked.value = { source, result };
        },
        () => undefined, // what was said of an earlier text stays, and is told apart by its `source`
      );
    };
    const timer = setTimeout(ask, checked.peek() === undefined ? 0 : silenceMs);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [source]);
  return checked;
}
