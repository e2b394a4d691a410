import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import { saveFile } from '../parts/save-file.ts';
import { shortId } from '../runs/run-row.tsx';
import { ask, RequestFailure } from '../server/request.ts';

/** Saves the run as one file that can be sent to somebody; what is private in it is masked. */
export function ShareRun({ id, workflow }: { readonly id: string; readonly workflow: string }) {
  const busy = useSignal(false);
  const failure = useSignal<string | undefined>(undefined);
  // Not a plain link: only a request can carry an API key.
  const save = async () => {
    busy.value = true;
    failure.value = undefined;
    try {
      const answer = await ask(locations.share(id), { headers: { accept: 'text/html' } });
      saveFile(`${workflow}-${shortId(id)}.html`, await answer.blob());
    } catch (error) {
      failure.value = error instanceof RequestFailure ? error.message : String(error);
    }
    busy.value = false;
  };
  return (
    <>
      {failure.value !== undefined && (
        <span class="field-error" role="alert">
          {failure.value}
        </span>
      )}
      <button
        type="button"
        class="button"
        disabled={busy.value}
        title="One HTML file, with what is private masked"
        onClick={() => void save()}
      >
        Share
      </button>
    </>
  );
}
