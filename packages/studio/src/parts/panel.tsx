import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export type PanelProps = {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly onLeave: () => void;
  readonly children: ComponentChildren;
};

/** A dialog over the page that it was opened from; Escape leaves it. */
export function Panel({ id, title, onLeave, children }: PanelProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before what is in it takes the focus.
  useLayoutEffect(() => {
    dialog.current?.showModal();
    const before = document.title;
    document.title = `${title} · Telos`;
    return () => {
      document.title = before;
    };
  }, [title]);
  return (
    <dialog
      ref={dialog}
      class="panel"
      aria-labelledby={`${id}-title`}
      onCancel={(event) => {
        event.preventDefault();
        onLeave();
      }}
    >
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        <button type="button" class="quiet" onClick={onLeave}>
          Close
        </button>
      </header>
      {children}
    </dialog>
  );
}
