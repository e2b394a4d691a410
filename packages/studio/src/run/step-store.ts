import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { StepDetail } from '@telos/contract';
import { request, RequestFailure } from '../server/request.ts';

export type StepStore = {
  /** What was read last; stays while it is read again. */
  readonly detail: ReadonlySignal<StepDetail | undefined>;
  readonly failure: ReadonlySignal<RequestFailure | undefined>;
  /** Reads the step, now or as soon as the reading under way has come. */
  read(): void;
  close(): void;
};

/** One step of a run with its values, attempts and calls. */
export function openStep(run: string, path: string): StepStore {
  const detail = signal<StepDetail | undefined>(undefined);
  const failure = signal<RequestFailure | undefined>(undefined);
  const closed = new AbortController();
  let reading = false;
  let again = false;

  const readOnce = async (): Promise<void> => {
    try {
      detail.value = await request<StepDetail>(locations.step(run, path), { signal: closed.signal });
      failure.value = undefined;
    } catch (error) {
      if (closed.signal.aborted) return;
      failure.value = error instanceof RequestFailure ? error : new RequestFailure(String(error));
    }
  };
  const read = async (): Promise<void> => {
    reading = true;
    do {
      again = false;
      await readOnce();
    } while (again && !closed.signal.aborted);
    reading = false;
  };
  return {
    detail,
    failure,
    read() {
      if (reading) again = true;
      else void read();
    },
    close: () => closed.abort(),
  };
}
