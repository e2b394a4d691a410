import type { ComponentChildren } from 'preact';

export type NoticeProps = {
  readonly title: string;
  readonly tone?: 'plain' | 'error';
  readonly children?: ComponentChildren;
};

/** What stands where content would: nothing yet, nothing found, or why it cannot be shown. */
export function Notice({ title, tone = 'plain', children }: NoticeProps) {
  return (
    <div class={`notice is-${tone}`} role={tone === 'error' ? 'alert' : 'status'}>
      <p class="notice-title">{title}</p>
      {children}
    </div>
  );
}
