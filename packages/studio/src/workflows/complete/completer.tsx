/**
 * Completion in the field of a workflow's text: it opens as one types, or by
 * Ctrl+Space; the arrows choose, Enter takes, Escape closes. The focus stays in
 * the field, which names the chosen option to whoever does not see it.
 */
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { loadVocabulary } from './load-vocabulary.ts';
import { optionsAt } from './options-at.ts';
import type { Completion } from './options-at.ts';
import type { Option, Vocabulary } from './option.ts';
import { OptionList, optionId, optionListId } from './option-list.tsx';

export type CompleterProps = { readonly field: RefObject<HTMLTextAreaElement | null> };

type Open = Completion & { readonly index: number };

/** Rows that Page Up and Page Down pass. */
const page = 8;

export function Completer({ field }: CompleterProps) {
  const open = useSignal<Open | undefined>(undefined);
  const vocabulary = useSignal<Vocabulary | undefined>(undefined);
  useEffect(() => {
    const closed = new AbortController();
    loadVocabulary(closed.signal).then(
      (known) => {
        vocabulary.value = known;
      },
      () => undefined, // without it a workflow is written as it always could be
    );
    return () => closed.abort();
  }, []);

  /** @param asked Whether the reader asked; else only what was begun is completed. */
  const propose = (asked: boolean) => {
    const area = field.current;
    if (area === null || vocabulary.value === undefined || area.selectionStart !== area.selectionEnd) return close();
    const cursor = area.selectionStart;
    const found = optionsAt(area.value, cursor, vocabulary.value);
    const isBegun = found !== undefined && (found.typed !== '' || area.value[cursor - 1] === '.');
    const isDone = found?.options.length === 1 && found.options[0]?.insert === found.typed;
    if (found === undefined || (!asked && (!isBegun || isDone))) return close();
    open.value = { ...found, index: 0 };
  };
  const close = () => {
    open.value = undefined;
  };
  const take = (option: Option) => {
    const area = field.current;
    const from = open.value?.start;
    if (area === null || from === undefined) return;
    area.setSelectionRange(from, area.selectionStart);
    write(area, option.insert);
    close();
    // What a key is followed by can often be named as well.
    if (/[:[{-] ?$/.test(option.insert)) propose(true);
  };

  useEffect(() => {
    const area = field.current;
    if (area === null) return undefined;
    const onInput = (event: Event) => {
      const isDeleting = event instanceof InputEvent && event.inputType.startsWith('delete');
      if (!isDeleting || open.value !== undefined) propose(false);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === ' ' && event.ctrlKey) {
        event.preventDefault();
        propose(true);
        return;
      }
      const now = open.value;
      if (now === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      const moves: { readonly [key: string]: number } = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
      const move = moves[event.key];
      const count = now.options.length;
      if (move !== undefined) {
        const to = now.index + move;
        const index = Math.abs(move) === 1 ? (to + count) % count : Math.min(Math.max(to, 0), count - 1);
        open.value = { ...now, index };
      } else if (event.key === 'Enter' && !event.shiftKey) {
        const option = now.options[now.index];
        if (option !== undefined) take(option);
      } else if (event.key === 'Escape') {
        event.stopPropagation();
        close();
      } else {
        if (['ArrowLeft', 'ArrowRight', 'Home', 'End', 'Tab'].includes(event.key)) close();
        return;
      }
      event.preventDefault();
    };
    area.addEventListener('input', onInput);
    area.addEventListener('keydown', onKeyDown);
    for (const type of ['blur', 'scroll', 'pointerdown']) area.addEventListener(type, close);
    area.setAttribute('aria-autocomplete', 'list');
    area.setAttribute('aria-haspopup', 'listbox');
    return () => {
      area.removeEventListener('input', onInput);
      area.removeEventListener('keydown', onKeyDown);
      for (const type of ['blur', 'scroll', 'pointerdown']) area.removeEventListener(type, close);
    };
  }, []);

  const shown = open.value;
  useEffect(() => {
    const area = field.current;
    if (shown === undefined) {
      area?.removeAttribute('aria-controls');
      area?.removeAttribute('aria-activedescendant');
      return;
    }
    area?.setAttribute('aria-controls', optionListId);
    area?.setAttribute('aria-activedescendant', optionId(shown.index));
  }, [shown]);

  return (
    <>
      <span class="sr-only" role="status">
        {shown === undefined ? '' : `${shown.options.length} to choose from`}
      </span>
      {shown !== undefined && field.current !== null && (
        <OptionList
          options={shown.options}
          index={shown.index}
          area={field.current}
          start={shown.start}
          onTake={take}
        />
      )}
    </>
  );
}

/** Writes in place of what is selected, in a way that can be undone. */
function write(area: HTMLTextAreaElement, text: string): void {
  area.focus();
  // Deprecated without a successor: nothing else leaves the field's undo as it is.
  if (document.execCommand('insertText', false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
  area.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
