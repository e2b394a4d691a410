import { useState } from 'preact/hooks';

/** Entries shown at first, and with each press on "more". */
const pageSize = 100;

/** Nested values down to this depth stand open. */
const openDepth = 2;

/** A value as JSON whose lists and objects open and close. What is closed is not drawn. */
export function JsonView({ value }: { readonly value: unknown }) {
  return (
    <div class="json">
      <JsonNode value={value} depth={0} />
    </div>
  );
}

type NodeProps = { readonly name?: string; readonly value: unknown; readonly depth: number };

function JsonNode({ name, value, depth }: NodeProps) {
  const size = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
  const [open, setOpen] = useState(depth < openDepth && size <= pageSize);
  const [shown, setShown] = useState(pageSize);
  if (typeof value !== 'object' || value === null || size === 0) {
    return (
      <div class="json-line">
        <Name name={name} />
        <Scalar value={value} />
      </div>
    );
  }
  const list = Array.isArray(value);
  const entries = open ? Object.entries(value).slice(0, shown) : [];
  return (
    <details class="json-branch" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Name name={name} />
        <span class="json-size">{list ? `[ ${size} ]` : `{ ${size} }`}</span>
      </summary>
      {entries.map(([key, entry]) => (
        <JsonNode key={key} name={key} value={entry} depth={depth + 1} />
      ))}
      {open && size > shown && (
        <button type="button" class="quiet" onClick={() => setShown(shown + pageSize)}>
          {size - shown} more
        </button>
      )}
    </details>
  );
}

function Name({ name }: { readonly name: string | undefined }) {
  return name === undefined ? null : (
    <>
      <span class="json-name">{name}</span>
      <span class="json-mark">: </span>
    </>
  );
}

function Scalar({ value }: { readonly value: unknown }) {
  if (typeof value === 'string') return <span class="json-text">{JSON.stringify(value)}</span>;
  if (Array.isArray(value)) return <span class="json-mark">[]</span>;
  if (typeof value === 'object' && value !== null) return <span class="json-mark">{'{}'}</span>;
  return <span class={`json-${value === null ? 'null' : typeof value}`}>{String(value)}</span>;
}
