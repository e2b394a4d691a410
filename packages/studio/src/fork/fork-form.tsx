import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { ForkRequest, RunReceipt } from '@telos/contract';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { go } from '../navigation.ts';
import { Refusal } from '../parts/refusal.tsx';
import { newKey } from '../server/new-key.ts';
import { request, RequestFailure } from '../server/request.ts';
import { EditFields } from './edit-fields.tsx';
import type { ForkedStep, SideEffects } from './forked-step.ts';
import { readEdits } from './value-fields.ts';

export type ForkFormProps = { readonly run: string; readonly step: string; readonly known: ForkedStep };

const effects: readonly (readonly [SideEffects, string])[] = [
  ['live', 'are done again for real'],
  ['recorded', 'give what they gave in this run'],
  ['deny', 'fail instead of acting'],
];

/** Either the step is done again, perhaps with another input, or it is kept with another output and what follows is done again. */
export function ForkForm({ run, step, known }: ForkFormProps) {
  const keeps = useSignal(false);
  const texts = useSignal<ReadonlyMap<string, string>>(new Map());
  const faults = useSignal<{ readonly [key: string]: string }>({});
  const sideEffects = useSignal<SideEffects>(known.sideEffects);
  const refusal = useSignal<RequestFailure | undefined>(undefined);
  const sending = useSignal(false);
  // One key for each state of the form: a second press starts no second run.
  const idempotencyKey = useMemo(newKey, []);
  const changes = useRef(0);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea, button')?.focus(), []);

  const changed = () => {
    changes.current += 1;
    refusal.value = undefined;
  };
  const edit = (key: string, text: string) => {
    changed();
    texts.value = new Map(texts.value).set(key, text);
  };
  const submit = async () => {
    const fields = keeps.value ? known.output : [...known.input, ...known.inputs];
    const read = readEdits(fields, texts.value);
    faults.value = read.faults;
    const [wrong] = Object.keys(read.faults);
    if (wrong !== undefined) return document.getElementById(wrong)?.focus();
    if (keeps.value && Object.keys(read.set).length === 0) {
      refusal.value = new RequestFailure('Nothing is changed yet: edit the output, or do the step again.');
      return;
    }
    sending.value = true;
    try {
      // What was parsed from JSON text is JSON.
      const set = read.set as ForkRequest['set'];
      const body: ForkRequest = { from: keeps.value ? [] : [step], set, side_effects: sideEffects.value };
      const headers = { 'idempotency-key': `${idempotencyKey}-${changes.current}` };
      const { id } = await request<RunReceipt>(locations.fork(run), { method: 'POST', body, headers });
      go({ page: 'run', id });
    } catch (error) {
      const failure = error instanceof RequestFailure ? error : new RequestFailure(String(error));
      const shown = fields.map(({ key }) => key);
      faults.value = Object.fromEntries(
        (failure.problem?.errors ?? []).flatMap(({ path, message, hint }) => {
          const place = path.replace(/^set\./, '');
          const key = shown.find((one) => place === one || place.startsWith(`${one}.`) || place.startsWith(`${one}[`));
          return key === undefined ? [] : [[key, hint === undefined ? message : `${message} ${hint}`]];
        }),
      );
      refusal.value = failure;
      sending.value = false;
    }
  };

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!sending.value) void submit();
      }}
    >
      {known.output.length > 0 && (
        <fieldset class="radio-group">
          <legend>This step</legend>
          {([false, true] as const).map((kept) => (
            <label key={String(kept)}>
              <input
                type="radio"
                name="step"
                checked={keeps.value === kept}
                onChange={() => {
                  changed();
                  keeps.value = kept;
                }}
              />
              {kept ? 'is kept, with another output' : 'is done again'}
            </label>
          ))}
        </fieldset>
      )}
      <EditFields
        key={String(keeps.value)}
        fields={keeps.value ? known.output : known.input}
        texts={texts.value}
        faults={faults.value}
        onChange={edit}
      />
      {!keeps.value && known.inputs.length > 0 && (
        <details>
          <summary>Inputs of the run</summary>
          <p class="faint">What comes before {step} is kept as it was, whatever stands here.</p>
          <EditFields fields={known.inputs} texts={texts.value} faults={faults.value} onChange={edit} />
        </details>
      )}
      <fieldset class="radio-group">
        <legend>Steps with an effect</legend>
        {effects.map(([policy, words]) => (
          <label key={policy}>
            <input
              type="radio"
              name="side-effects"
              checked={sideEffects.value === policy}
              onChange={() => {
                changed();
                sideEffects.value = policy;
              }}
            />
            <span>
              {words} <code class="faint">{policy}</code>
            </span>
          </label>
        ))}
      </fieldset>
      {refusal.value !== undefined && <Refusal failure={refusal.value} />}
      <footer>
        <button type="submit" class="button is-primary" disabled={sending.value}>
          {sending.value ? 'Forking…' : 'Start the fork'}
        </button>
      </footer>
    </form>
  );
}
