import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunDetail, RunReceipt, StartRunRequest, WorkflowSummary } from '@telos/contract';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { go, replace } from '../navigation.ts';
import { Panel } from '../parts/panel.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { formatRoute, noFilter } from '../route.ts';
import { newKey } from '../server/new-key.ts';
import { request, RequestFailure } from '../server/request.ts';
import { formOf, readField } from './input-form.ts';
import { InputField } from './input-field.tsx';

export type StartPanelProps = {
  /** Published workflows; undefined while they are read. */
  readonly workflows?: readonly WorkflowSummary[];
  readonly workflow?: string;
  /** A run whose inputs the form starts from. */
  readonly from?: string;
};

/** Starts a run of a published workflow. */
export function StartPanel({ workflows, workflow, from }: StartPanelProps) {
  const earlier = useSignal<unknown>(undefined);
  const ready = useSignal(from === undefined);
  useEffect(() => {
    if (from === undefined) return undefined;
    const closed = new AbortController();
    request<RunDetail>(locations.run(from), { signal: closed.signal })
      .then(({ inputs }) => {
        earlier.value = inputs;
      })
      .catch(() => undefined) // the form starts empty then
      .finally(() => {
        ready.value = true;
      });
    return () => closed.abort();
  }, [from]);

  const chosen = workflows?.find(({ id }) => id === workflow) ?? (workflow === undefined ? workflows?.[0] : undefined);
  const leave = () => go(from === undefined ? { page: 'runs', filter: noFilter } : { page: 'run', id: from });
  return (
    <Panel id="start" title="Start a run" onLeave={leave}>
      {workflows === undefined || !ready.value ? (
        <p class="faint">Reading the workflows…</p>
      ) : workflows.length === 0 ? (
        <p>
          No workflow is published on this server. <a href={formatRoute({ page: 'workflow' })}>Write one here</a>, or
          run a file with <code>pnpm telos run file.yaml</code>.
        </p>
      ) : (
        <>
          <div class="field">
            <label for="start-workflow">Workflow</label>
            <select
              id="start-workflow"
              value={chosen?.id ?? ''}
              onChange={(event) => replace({ page: 'start', workflow: event.currentTarget.value })}
            >
              {chosen === undefined && <option value="">{workflow} is not published here</option>}
              {workflows.map(({ id }) => (
                <option key={id} value={id}>
                  {id}
                </option>
              ))}
            </select>
            {chosen?.description !== undefined && <p class="description">{chosen.description}</p>}
          </div>
          {chosen !== undefined && <InputsForm key={chosen.hash} workflow={chosen} earlier={earlier.value} />}
        </>
      )}
    </Panel>
  );
}

function InputsForm({ workflow, earlier }: { readonly workflow: WorkflowSummary; readonly earlier: unknown }) {
  const given = typeof earlier === 'object' && earlier !== null ? (earlier as Readonly<Record<string, unknown>>) : {}; // inputs are a record by name
  const fields = useMemo(() => formOf(workflow.inputs, given), [workflow]);
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
      go({ page: 'run', id: receipt.id });
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
          {sending.value ? 'Starting…' : 'Start run'}
        </button>
      </footer>
    </form>
  );
}

function focusFirst(faults: Readonly<Record<string, string>>): void {
  const [name] = Object.keys(faults);
  if (name !== undefined) document.getElementById(`input-${name}`)?.focus();
}
