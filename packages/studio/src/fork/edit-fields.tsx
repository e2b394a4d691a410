import type { ValueField } from './value-fields.ts';

export type EditFieldsProps = {
  readonly fields: readonly ValueField[];
  readonly texts: ReadonlyMap<string, string>;
  readonly faults: { readonly [key: string]: string };
  readonly onChange: (key: string, text: string) => void;
};

/** A field for each part of a value, with what is wrong with what stands in it. */
export function EditFields({ fields, texts, faults, onChange }: EditFieldsProps) {
  return (
    <>
      {fields.map(({ key, name, kind, first }) => {
        const text = texts.get(key) ?? first;
        const fault = faults[key];
        return (
          <div key={key} class="field">
            <label for={key}>
              {name}
              {kind === 'json' && <span class="faint"> JSON</span>}
              {text !== first && <span class="faint"> edited</span>}
            </label>
            <textarea
              id={key}
              rows={Math.min(12, Math.max(2, rowsOf(text)))}
              class={kind === 'json' ? 'is-code' : ''}
              spellcheck={kind === 'text'}
              value={text}
              aria-invalid={fault !== undefined}
              aria-describedby={fault === undefined ? undefined : `${key}-fault`}
              onInput={(event) => onChange(key, event.currentTarget.value)}
            />
            {fault !== undefined && (
              <p id={`${key}-fault`} class="field-error">
                {fault}
              </p>
            )}
          </div>
        );
      })}
    </>
  );
}

/** As many as it takes, the long lines broken. */
function rowsOf(text: string): number {
  const lineLength = 64;
  return text.split('\n').reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / lineLength)), 0);
}
