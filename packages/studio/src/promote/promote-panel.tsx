import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunTest } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { plural } from '../format/amount.ts';
import { go } from '../navigation.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Panel } from '../parts/panel.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { saveFile } from '../parts/save-file.ts';
import { request, RequestFailure } from '../server/request.ts';

/** A run as a test: the files that `telos test` reads, to be kept beside the workflow. */
export function PromotePanel({ run }: { readonly run: string }) {
  const made = useSignal<RunTest | undefined>(undefined);
  const failure = useSignal<RequestFailure | undefined>(undefined);
  useEffect(() => {
    const closed = new AbortController();
    request<RunTest>(locations.runTest(run), { signal: closed.signal }).then(
      (test) => {
        made.value = test;
      },
      (error: unknown) => {
        if (closed.signal.aborted) return;
        failure.value = error instanceof RequestFailure ? error : new RequestFailure(String(error));
      },
    );
    return () => closed.abort();
  }, [run]);
  const test = made.value;
  return (
    <Panel id="promote" title="Promote to a test" onLeave={() => go({ page: 'run', id: run })}>
      <p class="description">
        What this run was given and what its calls answered, so that it can be run again without calling anybody.
      </p>
      {failure.value !== undefined ? (
        <Refusal failure={failure.value} />
      ) : test === undefined ? (
        <p class="faint">Running it once more by what was recorded…</p>
      ) : (
        <>
          <ul class="files">
            {[test.test, test.cassette, ...(test.workflow === undefined ? [] : [test.workflow])].map(
              ({ name, text }) => (
                <li key={name}>
                  <code>{name}</code>
                  <CopyButton label={`Copy ${name}`} text={() => text} />
                  <button
                    type="button"
                    class="button"
                    aria-label={`Save ${name}`}
                    onClick={() => saveFile(name, new Blob([text], { type: 'text/plain' }))}
                  >
                    Save
                  </button>
                </li>
              ),
            )}
          </ul>
          <p>
            Keep them in one folder, then: <code>telos test {test.test.name}</code>
          </p>
          {test.masked > 0 && <p class="faint">{plural(test.masked, 'private text')} masked in them.</p>}
        </>
      )}
    </Panel>
  );
}
