import type { PayloadView } from '@telos/contract';
import { locations } from '@telos/contract';
import { useMemo, useState } from 'preact/hooks';
import { formatBytes } from '../format/amount.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Fact } from '../parts/fact.tsx';
import { request } from '../server/request.ts';
import { JsonView } from './json-view.tsx';
import { MediaView } from './media-view.tsx';
import { MarkdownView } from './markdown-view.tsx';
import { TableView } from './table-view.tsx';
import { isShort, valueViews } from './value-views.ts';
import type { ValueView as View } from './value-views.ts';

const names: Readonly<Record<View['kind'], string>> = {
  markdown: 'Rendered',
  text: 'Text',
  media: 'Shown',
  messages: 'Messages',
  table: 'Table',
  fields: 'Fields',
  json: 'JSON',
};

export type ValueViewProps = {
  readonly value: unknown;
  /** What it is, for whoever does not see where it stands. */
  readonly label: string;
  /** Of the field that it is in; stands over the value. */
  readonly title?: string;
};

/** A value in the form that tells most, with the others a press away. */
export function ValueView({ value, label, title }: ValueViewProps) {
  const views = useMemo(() => valueViews(value, title !== undefined), [value, title]);
  const [chosen, setChosen] = useState<View['kind']>();
  const view = views.find(({ kind }) => kind === chosen) ?? views[0];
  return (
    <div class={views.length === 1 && title === undefined ? 'value is-plain' : 'value'}>
      <div class="value-tools">
        {title !== undefined && <p class="value-title">{title}</p>}
        {views.length > 1 && (
          <div class="segmented" role="group" aria-label={`${label}: shown as`}>
            {views.map(({ kind }) => (
              <button key={kind} type="button" aria-pressed={kind === view.kind} onClick={() => setChosen(kind)}>
                {names[kind]}
              </button>
            ))}
          </div>
        )}
        <CopyButton label={`Copy ${label.toLowerCase()}`} text={() => textOf(value)} />
      </div>
      <Shown view={view} label={label} />
    </div>
  );
}

function Shown({ view, label }: { readonly view: View; readonly label: string }) {
  switch (view.kind) {
    case 'markdown':
      return <MarkdownView text={view.text} />;
    case 'text':
      return (
        <pre class="plain-text" dir="auto" tabIndex={0}>
          {view.text === '' ? <span class="faint">empty text</span> : view.text}
        </pre>
      );
    case 'media':
      return <MediaView type={view.type} base64={view.base64} label={label} />;
    case 'table':
      return <TableView columns={view.columns} rows={view.rows} label={label} />;
    case 'fields':
      return <NamedValues value={view.value} />;
    case 'json':
      return <JsonView value={view.value} />;
    case 'messages':
      return (
        <ol class="messages">
          {view.messages.map(({ role, text }, index) => (
            <li key={index}>
              <span class="role">{role}</span>
              <pre class="plain-text" dir="auto" tabIndex={0}>
                {text}
              </pre>
            </li>
          ))}
        </ol>
      );
  }
}

/** Each by its name: a brief is read as text, not as a string inside JSON. */
export function NamedValues({ value }: { readonly value: unknown }) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return <ValueView value={value} label="Value" />;
  const entries = Object.entries(value);
  if (entries.length === 0) return <p class="faint">None.</p>;
  const short = entries.filter(([, entry]) => isShort(entry));
  return (
    <div class="named">
      {short.length > 0 && (
        <dl class="facts is-list">
          {short.map(([name, entry]) => (
            <Fact key={name} name={name}>
              {String(entry)}
            </Fact>
          ))}
        </dl>
      )}
      {entries
        .filter(([, entry]) => !isShort(entry))
        .map(([name, entry]) => (
          <ValueView key={name} value={entry} label={name} title={name} />
        ))}
    </div>
  );
}

/** A payload: its value, or what is known of one that is too large to come along. */
export function PayloadValue({ payload, label }: { readonly payload: PayloadView; readonly label: string }) {
  const [loaded, setLoaded] = useState<{ readonly value: unknown } | 'loading' | 'failed'>();
  if ('value' in payload) return <ValueView value={payload.value} label={label} />;
  if (typeof loaded === 'object') return <ValueView value={loaded.value} label={label} />;
  const load = () => {
    setLoaded('loading');
    request(locations.artifact(payload.blob)).then(
      (value) => setLoaded({ value }),
      () => setLoaded('failed'),
    );
  };
  return (
    <div class="value">
      {payload.preview !== undefined && (
        <pre class="plain-text clipped" tabIndex={0}>
          {payload.preview}…
        </pre>
      )}
      <p class="faint">
        {formatBytes(payload.bytes)} is too much to show at once.{' '}
        <button type="button" class="quiet" disabled={loaded === 'loading'} onClick={load}>
          {loaded === 'loading'
            ? 'Loading…'
            : loaded === 'failed'
              ? 'It could not be read; try again'
              : 'Show it anyway'}
        </button>
      </p>
    </div>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}
