import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { PublishRequest, StepOutline, WorkflowDetail } from '@telos/contract';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { TextChange } from '../compare/change-list.tsx';
import { StepGraph } from '../graph/step-graph.tsx';
import { go } from '../navigation.ts';
import { Notice } from '../parts/notice.tsx';
import { formatRoute } from '../route.ts';
import { request, RequestFailure } from '../server/request.ts';
import { drafts, dropDraft, keepDraft } from './drafts.ts';
import { MessageList } from './message-list.tsx';
import { lineOfStep, marksOf, messagesOf, offsetOf } from './messages.ts';
import { SourceEditor } from './source-editor.tsx';
import { useCheck } from './use-check.ts';
import { VersionSelect } from './version-select.tsx';

export type WorkflowEditorProps = {
  /** The current version; absent for a workflow that does not exist yet. */
  readonly published?: WorkflowDetail;
  /** A version before it, to be read rather than changed. */
  readonly earlier?: WorkflowDetail;
  /** Which line is shown first, from 1. */
  readonly line?: number;
  readonly onSaved?: (saved: WorkflowDetail) => void;
};

const blank = `telos: 1
id: hello
description: Says hello.
inputs:
  name: { type: string, default: world }
steps:
  - id: greet
    uses: transform
    with: { value: "Hello, \${{ inputs.name }}!" }
outputs:
  greeting: \${{ steps.greet.output }}
`;

/** The text of a workflow, with what the compiler says of it as it is typed, and its picture beside it. */
export function WorkflowEditor({ published, earlier, line, onSaved }: WorkflowEditorProps) {
  const key = published?.id ?? '';
  const saved = published?.source ?? (published === undefined ? blank : '');
  const draft = drafts.value.get(key);
  const text = earlier?.source ?? draft ?? saved;
  const dirty = earlier === undefined && text !== saved;
  const field = useRef<HTMLTextAreaElement>(null);
  const failure = useSignal<RequestFailure | undefined>(undefined);
  const said = useSignal('');
  const sending = useSignal(false);
  const checked = useCheck(text).value;
  const picture = useSignal<readonly StepOutline[]>(published?.steps ?? []);
  const result = checked?.result;
  useEffect(() => {
    if (result?.valid === true) picture.value = result.steps;
  }, [result]);
  const messages = useMemo(() => (result === undefined ? [] : messagesOf(result)), [result]);
  const marks = useMemo(() => marksOf(messages), [messages]);
  const isCurrent = checked?.source === text;
  const id = result?.valid === true ? result.id : key;
  const savable = earlier === undefined && (dirty || published === undefined) && id !== '';

  const change = (changed: string) => {
    said.value = '';
    failure.value = undefined;
    if (changed === saved && published !== undefined) dropDraft(key);
    else keepDraft(key, changed);
  };
  const save = async () => {
    if (!savable || sending.value) return;
    sending.value = true;
    failure.value = undefined;
    try {
      const body: PublishRequest = { source: text };
      const detail = await request<WorkflowDetail>(locations.workflow(id), { method: 'PUT', body });
      dropDraft(key);
      said.value = 'Saved.';
      if (id === key) onSaved?.(detail);
      else go({ page: 'workflow', id });
    } catch (error) {
      failure.value = error instanceof RequestFailure ? error : new RequestFailure(String(error));
    }
    sending.value = false;
  };
  const goTo = (line: number, column = 1) => {
    const area = field.current;
    if (area === null) return;
    const at = offsetOf(text, line, column);
    area.focus();
    const end = text.indexOf('\n', at);
    // The caret alone is hard to find.
    area.setSelectionRange(at, column === 1 ? (end === -1 ? text.length : end) : at);
    // Fields do not show where the caret was put.
    area.scrollTop = Math.max(0, (line - 4) * lineHeight);
  };

  useEffect(() => {
    if (line !== undefined) goTo(line);
  }, [line]);

  return (
    <main class="workflow-page">
      <div class="page-head">
        <h1>{published?.id ?? 'New workflow'}</h1>
        {published !== undefined && <VersionSelect published={published} chosen={earlier?.hash ?? published.hash} />}
        <span role="status">{dirty ? 'Unsaved changes' : said.value}</span>
        {dirty && published !== undefined && (
          <button type="button" class="button" onClick={() => dropDraft(key)}>
            Discard
          </button>
        )}
        {earlier === undefined ? (
          <button
            type="button"
            class={savable ? 'button is-primary' : 'button'}
            disabled={!savable || sending.value}
            onClick={() => void save()}
          >
            {sending.value ? 'Saving…' : id === key || id === '' ? 'Save' : `Save as ${id}`}
          </button>
        ) : (
          <button
            type="button"
            class="button"
            onClick={() => {
              keepDraft(key, text);
              go({ page: 'workflow', id: key });
            }}
          >
            Take this text up again
          </button>
        )}
        {published !== undefined && (
          <a
            class="button"
            href={formatRoute({ page: 'start', workflow: published.id })}
            title={dirty ? 'Runs what is saved' : undefined}
          >
            Run
          </a>
        )}
      </div>
      {failure.value !== undefined && (
        <div class="banner is-error" role="alert">
          <p>{failure.value.message}</p>
          <p>{failure.value.problem?.next}</p>
        </div>
      )}
      {earlier !== undefined && (
        <details class="version-change">
          <summary>What has changed since this version</summary>
          <TextChange a={earlier.source ?? ''} b={published?.source ?? ''} />
        </details>
      )}
      <div class="workflow-panes">
        <div class="workflow-source">
          <SourceEditor
            text={text}
            label={`YAML of ${published?.id ?? 'the new workflow'}`}
            marks={isCurrent ? marks : noMarks}
            field={field}
            describedBy="compiler-says"
            readOnly={earlier !== undefined}
            onInput={change}
            onSave={() => void save()}
          />
          <MessageList
            id="compiler-says"
            messages={messages}
            current={isCurrent}
            onGo={({ line = 1, column }) => goTo(line, column)}
          />
        </div>
        <section class="workflow-picture" aria-label="Graph">
          {result?.valid === false && picture.value.length > 0 && (
            <p class="faint picture-note">As it was when it last compiled.</p>
          )}
          {picture.value.length === 0 ? (
            <Notice title={result === undefined ? 'Reading…' : 'It is drawn once it compiles.'} />
          ) : (
            <StepGraph
              steps={picture.value}
              label="Steps of the workflow and what comes after what"
              onSelect={(step) => goTo(lineOfStep(text, step.id) ?? 1)}
            />
          )}
        </section>
      </div>
    </main>
  );
}

/** Of a line of the field, in pixels; the styles say the same. */
const lineHeight = 19;
const noMarks: ReadonlyMap<number, 'fault' | 'warning'> = new Map();
