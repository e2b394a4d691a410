import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunReceipt } from '@telos/contract';
import { useMemo, useRef } from 'preact/hooks';
import { go } from '../navigation.ts';
import { newKey } from '../server/new-key.ts';
import { request, RequestFailure } from '../server/request.ts';
import { readObjective } from './read-objective.ts';
import type { ObjectiveFaults, ObjectiveTexts } from './read-objective.ts';

const empty: ObjectiveTexts = {
  objective: '',
  criteria: '',
  tools: '',
  rounds: '1',
  bestOf: '1',
  usd: '',
  approve: true,
};

/** States an objective; the planner writes the steps. */
export function ObjectiveForm() {
  const texts = useSignal(empty);
  const faults = useSignal<ObjectiveFaults>({});
  const refusal = useSignal<RequestFailure | undefined>(undefined);
  const sending = useSignal(false);
  // A second press, or a second try after a lost answer, states nothing twice.
  const key = useMemo(newKey, []);
  const changed = useRef(0);
  const change = (part: Partial<ObjectiveTexts>) => {
    changed.current += 1;
    texts.value = { ...texts.value, ...part };
  };
  const submit = async () => {
    const read = readObjective(texts.value);
    faults.value = 'faults' in read ? read.faults : {};
    refusal.value = undefined;
    if ('faults' in read) {
      document.getElementById(`objective-${Object.keys(read.faults)[0]}`)?.focus();
      return;
    }
    sending.value = true;
    try {
      const { id } = await request<RunReceipt>(locations.objectives, {
        method: 'POST',
        body: read.stated,
        headers: { 'idempotency-key': `${key}-${changed.current}` },
      });
      go({ page: 'objective', run: id });
    } catch (error) {
      sending.value = false;
      refusal.value = error instanceof RequestFailure ? error : new RequestFailure(String(error));
    }
  };
  const field = (name: 'objective' | 'criteria' | 'tools' | 'usd') => ({
    id: `objective-${name}`,
    'aria-describedby': `objective-${name}-notes`,
    'aria-invalid': faults.value[name] !== undefined,
    value: texts.value[name],
    onInput: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ [name]: event.currentTarget.value }),
  });
  const notes = (name: keyof ObjectiveTexts, text: string) => (
    <p id={`objective-${name}-notes`} class={faults.value[name] === undefined ? 'faint' : 'field-error'}>
      {faults.value[name] ?? text}
    </p>
  );

  return (
    <form
      class="objective-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!sending.value) void submit();
      }}
    >
      <div class="field">
        <label for="objective-objective">What is to be reached</label>
        <textarea rows={3} aria-required="true" {...field('objective')} />
        {notes('objective', 'The planner writes the steps, and says why each is there.')}
      </div>
      <div class="field">
        <label for="objective-criteria">
          Criteria <span class="faint">optional</span>
        </label>
        <textarea rows={3} {...field('criteria')} />
        {notes('criteria', 'What the result must satisfy, one a line.')}
      </div>
      <div class="objective-terms">
        <div class="field">
          <label for="objective-tools">
            Tools <span class="faint">optional</span>
          </label>
          <input type="text" autocomplete="off" {...field('tools')} />
          {notes('tools', 'What the plan may use: web.*, llm')}
        </div>
        <div class="field">
          <label for="objective-usd">
            Budget <span class="faint">optional</span>
          </label>
          <input type="text" inputMode="decimal" autocomplete="off" {...field('usd')} />
          {notes('usd', 'US dollars, at most')}
        </div>
        <div class="field">
          <label for="objective-rounds">Plans at most</label>
          <select
            id="objective-rounds"
            value={texts.value.rounds}
            onChange={(event) => change({ rounds: event.currentTarget.value })}
          >
            {['1', '2', '3', '4', '5'].map((count) => (
              <option key={count}>{count}</option>
            ))}
          </select>
          <p class="faint">Another follows where one misses.</p>
        </div>
        <div class="field">
          <label for="objective-best-of">Drafts of each</label>
          <select
            id="objective-best-of"
            value={texts.value.bestOf}
            onChange={(event) => change({ bestOf: event.currentTarget.value })}
          >
            {['1', '2', '3', '4', '5'].map((count) => (
              <option key={count}>{count}</option>
            ))}
          </select>
          <p class="faint">The best of them is the plan.</p>
        </div>
      </div>
      <label class="tick">
        <input
          type="checkbox"
          checked={texts.value.approve}
          onChange={(event) => change({ approve: event.currentTarget.checked })}
        />
        Show me each plan before it runs
      </label>
      {refusal.value !== undefined && (
        <div class="field-error" role="alert">
          <p>{refusal.value.message}</p>
          <p>{refusal.value.problem?.next}</p>
          {refusal.value.problem?.errors?.map(({ path, message }, index) => (
            <p key={index}>
              {path} {message}
            </p>
          ))}
        </div>
      )}
      <p>
        <button type="submit" class="button is-primary" disabled={sending.value}>
          {sending.value ? 'Sending…' : 'Plan it'}
        </button>
      </p>
    </form>
  );
}
