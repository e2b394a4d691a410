import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunReceipt, StartRunRequest, WorkflowSummary } from '@telos/contract';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Refusal } from '../parts/refusal.tsx';
import { newKey } from '../server/new-key.ts';
import { request, RequestFailure } from '../server/request.ts';
import { formOf, readField } from './input-form.ts';
import { InputField } from './input-field.tsx';

export type InputsFormProps = {
  readonly workflow: WorkflowSummary;
  /** Inputs to start from. */
  readonly earlier: unknown;
  readonly label?: string;
  /** How an input is called. */
  readonly nameOf?: (name: string) => string;
  /** A run has begun. */
  readonly onStarted: (id: string) => void;
};

/** The inputs of a workflow, and the button that starts a run of it; what the server refuses stands at its field. */
export function InputsForm({ workflow, earlier, label, nameOf, onStarted }: InputsFormProps) {
  const given = typeof earlier === 'object' && earlier !== null ? (earlier as Readonly<Record<string, unknown>>) : {}; // inputs are a record by name
  const fields = useMemo(() => formOf(workflow.inputs, given, nameOf), [workflow]);
  const texts = useSignal<Readonly<Record<string, string>>>(
    Object.fromEntries(fields.map(({ name, initial }) => [name, initial])),
  );
  const faults = useSignal<Readonly<Record<string, string>>>({});
  const refusal = useSignal<RequestFailure | undefined>(undefined);
  const sending = useSignal(false);
  // One key a form: a second press, or a second try after a lost answer, starts no second run.
  const idempotencyKey = useMemo(newKey, []);
  const changed = useRef(0);
  useEffect(() => {
    const [first] = fields;
    document.getElementById(first === undefined ? 'start-run' : `input-${first.name}`)?.focus();
  }, []);

  const submit = async () => {
    const inputs: Record<string, unknown> = {};
    const wrong: Record<string, string> = {};
    for (const field of fields) {
      const read = readField(field, texts.peek()[field.name] ?? '');
      if (read.kind === 'fault') wrong[field.name] = read.message;
      else if (read.kind === 'value') inputs[field.name] = read.value;
    }
    faults.value = wrong;
    refusal.value = undefined;
    if (Object.keys(wrong).length > 0) return focusFirst(wrong);
    sending.value = true;
    try {
      const body: Pick<StartRunRequest, 'workflow'> & { inputs: unknown } = { workflow: workflow.id, inputs };
      const receipt = await request<RunReceipt>(locations.runs, {
        method: 'POST',
        body,
        headers: { 'idempotency-key': `${idempotencyKey}-${changed.current}` },
      });
      sending.value = false;
      changed.current += 1;
      onStarted(receipt.id);
    } catch (error) {
      sending.value = false;
      const failure = error instanceof RequestFailure ? error : new RequestFailure(String(error));
      refusal.value = failure;
      const located = Object.fromEntries(
        (failure.problem?.errors ?? []).map(({ path, message, hint }) => [
          /^inputs\.([a-z][a-z0-9_]*)/.exec(path)?.[1] ?? '',
          hint === undefined ? message : `${message} ${hint}`,
        ]),
      );
      faults.value = located;
      focusFirst(located);
    }
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!sending.value) void submit();
      }}
    >
      {fields.length === 0 && <p class="faint">It takes no inputs.</p>}
      {fields.map((field) => {
        const fault = faults.value[field.name];
        return (
          <InputField
            key={field.name}
            field={field}
            text={texts.value[field.name] ?? ''}
            {...(fault === undefined ? {} : { fault })}
            onChange={(text) => {
              changed.current += 1;
              texts.value = { ...texts.value, [field.name]: text };
            }}
          />
        );
      })}
      {refusal.value !== undefined && (
        <Refusal failure={refusal.value} isShown={(path) => path.startsWith('inputs.')} />
      )}
      <footer>
        <button id="start-run" type="submit" class="button is-primary" disabled={sending.value}>
          {sending.value ? 'Starting…' : (label ?? 'Start run')}
        </button>
      </footer>
    </form>
  );
}

function focusFirst(faults: Readonly<Record<string, string>>): void {
  const [name] = Object.keys(faults);
  if (name !== undefined) document.getElementById(`input-${name}`)?.focus();
}
