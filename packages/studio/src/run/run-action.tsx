import { useSignal } from '@preact/signals';
import { request, RequestFailure } from '../server/request.ts';

export type RunActionProps<T> = {
  readonly label: string;
  /** While the wish is under way, and until the run shows that it was carried out. */
  readonly sentLabel: string;
  readonly address: string;
  readonly onDone?: (answer: T) => void;
};

/** A button that asks something of the run, and says when that was refused. */
export function RunAction<T>({ label, sentLabel, address, onDone }: RunActionProps<T>) {
  const sent = useSignal(false);
  const failure = useSignal<string | undefined>(undefined);
  const ask = async () => {
    sent.value = true;
    failure.value = undefined;
    try {
      const answer = await request<T>(address, { method: 'POST', body: {} });
      onDone?.(answer);
    } catch (error) {
      failure.value = error instanceof RequestFailure ? error.advice : String(error);
      sent.value = false;
    }
  };
  return (
    <>
      {failure.value !== undefined && (
        <span class="field-error" role="alert">
          {failure.value}
        </span>
      )}
      <button type="button" class="button" disabled={sent.value} onClick={() => void ask()}>
        {sent.value ? sentLabel : label}
      </button>
    </>
  );
}
