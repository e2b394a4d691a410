import type { ComponentChildren } from 'preact';

export type NoticeProps = {
  readonly title: string;
  readonly tone?: 'plain' | 'error';
  /** It is all that the page has: its title heads the page. */
  readonly heading?: boolean;
  readonly children?: ComponentChildren;
};

/** What stands where content would: nothing yet, nothing found, or why it cannot be shown. */
export function Notice({ title, tone = 'plain', heading = false, children }: NoticeProps) {
  return (
    <div class={`notice is-${tone}`} role={tone === 'error' ? 'alert' : 'status'}>
      {heading ? <h1 class="notice-title">{title}</h1> : <p class="notice-title">{title}</p>}
      {children}
    </div>
  );
}
