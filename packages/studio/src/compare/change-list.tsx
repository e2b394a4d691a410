import type { Change, Changes } from '@telos/contract';
import { useMemo } from 'preact/hooks';
import { diffText } from './diff-text.ts';
import type { TextPart } from './diff-text.ts';

/** Texts from this length on are compared word by word. */
const longText = 20;
/** Of a long stretch that is the same, so much of each end stays on the screen. */
const shownOfSame = 160;

/** Where two values differ: each place, with what stood there and what stands there now. */
export function ChangeList({ changes: { changes, whole } }: { readonly changes: Changes }) {
  return (
    <>
      <ul class="changes">
        {changes.map((change) => (
          <li key={change.path}>
            {change.path !== '' && <code class="change-path">{change.path}</code>}
            <ChangeView change={change} />
          </li>
        ))}
      </ul>
      {!whole && (
        <p class="faint">
          {changes.length === 0
            ? 'They differ, and are too large to be compared place by place.'
            : 'They differ in more places than are shown here.'}
        </p>
      )}
    </>
  );
}

function ChangeView({ change: { a, b } }: { readonly change: Change }) {
  if (typeof a === 'string' && typeof b === 'string' && (isLong(a) || isLong(b))) return <TextChange a={a} b={b} />;
  return (
    <div class="value-change">
      {a === undefined ? <p class="faint">nothing</p> : <del aria-label="removed">{textOf(a)}</del>}
      <span aria-hidden="true">→</span>
      {b === undefined ? <p class="faint">nothing</p> : <ins aria-label="added">{textOf(b)}</ins>}
    </div>
  );
}

/** A text with what was taken out and put in, word by word. */
export function TextChange({ a, b }: { readonly a: string; readonly b: string }) {
  const parts = useMemo(() => diffText(a, b), [a, b]);
  return (
    // A region that scrolls has to be reached with the keyboard.
    <div class="plain-text text-change" role="group" aria-label="Text, with what changed" tabIndex={0}>
      {parts.map((part, index) => (
        <Part key={index} part={part} first={index === 0} last={index === parts.length - 1} />
      ))}
    </div>
  );
}

function Part({ part: { kind, text }, first, last }: { part: TextPart; first: boolean; last: boolean }) {
  if (kind === 'removed') return <del>{text}</del>;
  if (kind === 'added') return <ins>{text}</ins>;
  if (text.length <= shownOfSame * 3) return <span>{text}</span>;
  const hidden = text.length - (first ? 0 : shownOfSame) - (last ? 0 : shownOfSame);
  return (
    <span>
      {!first && text.slice(0, shownOfSame)}
      <span class="faint"> … {hidden.toLocaleString('en-US')} characters are the same … </span>
      {!last && text.slice(-shownOfSame)}
    </span>
  );
}

function isLong(text: string): boolean {
  return text.length >= longText || text.includes('\n');
}

function textOf(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? '';
}
