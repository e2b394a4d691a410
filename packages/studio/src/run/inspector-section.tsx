import type { ComponentChildren } from 'preact';

export type InspectorSectionProps = {
  readonly title: string;
  /** Beside the title: how many, how good. */
  readonly aside?: ComponentChildren;
  /** Whether it stands open at first; default true. */
  readonly open?: boolean;
  readonly children: ComponentChildren;
};

/** A part of the inspector that opens and closes. */
export function InspectorSection({ title, aside, open = true, children }: InspectorSectionProps) {
  return (
    <details class="section" open={open}>
      <summary>
        <h3>{title}</h3>
        {aside !== undefined && <span class="section-aside">{aside}</span>}
      </summary>
      <div class="section-body">{children}</div>
    </details>
  );
}
