import type { FunctionComponent, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CompleterProps } from './complete/completer.tsx';
import type { Message } from './messages.ts';

export type SourceEditorProps = {
  readonly text: string;
  readonly label: string;
  readonly marks: ReadonlyMap<number, Message['tone']>;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** Id of what describes it: the messages. */
  readonly describedBy: string;
  readonly readOnly: boolean;
  readonly onInput: (text: string) => void;
  readonly onSave: () => void;
};

/**
 * A plain field for a text, with its lines numbered and those marked that something is said of. What can be written is
 * proposed as one types. Tab leaves it, as it leaves any field.
 */
export function SourceEditor(props: SourceEditorProps) {
  const { text, label, marks, field, describedBy, readOnly, onInput, onSave } = props;
  const gutter = useRef<HTMLDivElement>(null);
  const count = text.split('\n').length;
  const follow = () => {
    if (gutter.current !== null && field.current !== null) gutter.current.scrollTop = field.current.scrollTop;
  };
  useEffect(follow);
  const [Completer, setCompleter] = useState<FunctionComponent<CompleterProps>>();
  useEffect(() => {
    if (readOnly) return;
    import('./complete/completer.tsx').then(
      (loaded) => setCompleter(() => loaded.Completer),
      () => undefined, // the text can be written without it
    );
  }, [readOnly]);
  return (
    <div class="editor">
      <div class="editor-lines" ref={gutter} aria-hidden="true">
        {Array.from({ length: count }, (_, index) => {
          const mark = marks.get(index + 1);
          return (
            <span key={index} class={mark === undefined ? '' : `is-${mark}`}>
              {mark === undefined ? '' : mark === 'fault' ? '● ' : '▲ '}
              {index + 1}
            </span>
          );
        })}
      </div>
      <textarea
        ref={field}
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={[...marks.values()].includes('fault')}
        wrap="off"
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        readOnly={readOnly}
        value={text}
        onScroll={follow}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
          event.preventDefault();
          onSave();
        }}
      />
      {Completer !== undefined && !readOnly && <Completer field={field} />}
    </div>
  );
}
