import type { Signal } from '@preact/signals';
import { InputField } from '../start/input-field.tsx';
import type { Editable } from './approval-value.ts';

export type ValueFieldsProps = {
  /** Tells these fields from others of the page. */
  readonly id: string;
  readonly editable: Editable;
  /** Of which decision the value is a part. */
  readonly goesWith: string;
  /** What stands in each field of a form; of any other value under `''`. */
  readonly texts: Signal<Readonly<Record<string, string>>>;
  /** What is wrong, by the same names. */
  readonly faults: Signal<Readonly<Record<string, string>>>;
};

/** What is filled in or edited: a typed field for each property of a form, or one for the whole value. */
export function ValueFields({ id, editable, goesWith, texts, faults }: ValueFieldsProps) {
  const write = (name: string, text: string) => {
    texts.value = { ...texts.value, [name]: text };
    const { [name]: _mended, ...rest } = faults.value;
    faults.value = rest;
  };
  if (editable.kind === 'form')
    return (
      <fieldset class="approval-form">
        <legend class="sr-only">Form</legend>
        {editable.fields.map((field) => {
          const fault = faults.value[field.name];
          return (
            <InputField
              key={field.name}
              prefix={`form-${id}`}
              field={field}
              text={texts.value[field.name] ?? ''}
              {...(fault === undefined ? {} : { fault })}
              onChange={(text) => write(field.name, text)}
            />
          );
        })}
      </fieldset>
    );
  const text = texts.value[''] ?? '';
  const fault = faults.value[''];
  return (
    <div class="field">
      <label for={`value-${id}`}>
        Value{' '}
        <span class="faint">
          {editable.kind === 'json' ? 'JSON; ' : ''}
          {goesWith}
        </span>
      </label>
      <textarea
        id={`value-${id}`}
        class={editable.kind === 'json' ? 'is-code' : ''}
        dir="auto"
        rows={Math.min(12, Math.max(3, text.split('\n').length))}
        spellcheck={editable.kind === 'text'}
        value={text}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `value-${id}-fault`}
        onInput={(event) => write('', event.currentTarget.value)}
      />
      {fault !== undefined && (
        <p class="field-error" id={`value-${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
