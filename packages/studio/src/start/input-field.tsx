import type { Field } from './input-form.ts';

export type InputFieldProps = {
  /** Tells the field from others of the same name on the page; default `input`. */
  readonly prefix?: string;
  readonly field: Field;
  readonly text: string;
  readonly fault?: string;
  readonly onChange: (text: string) => void;
};

/** One input of a workflow, with its label, what is expected, and what is wrong. */
export function InputField({ prefix = 'input', field, text, fault, onChange }: InputFieldProps) {
  const id = `${prefix}-${field.name}`;
  const notes = [field.description, field.hint].filter((note) => note !== undefined && note !== '').join(' · ');
  const common = {
    id,
    name: field.name,
    'aria-describedby': `${id}-notes`,
    'aria-invalid': fault !== undefined,
    'aria-required': field.required,
  };
  const typed = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  return (
    <div class={`field kind-${field.kind}`}>
      <label for={id}>
        {field.label}
        {!field.required && <span class="faint"> optional</span>}
      </label>
      {field.kind === 'flag' ? (
        <input
          {...common}
          type="checkbox"
          checked={text === 'true'}
          onChange={(event) => onChange(String(event.currentTarget.checked))}
        />
      ) : field.kind === 'choice' ? (
        <select {...common} value={text} onChange={typed}>
          {(!field.required || text === '') && <option value="" />}
          {field.options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      ) : field.kind === 'text' || field.kind === 'number' ? (
        <input
          {...common}
          type="text"
          inputMode={field.kind === 'number' ? 'decimal' : 'text'}
          autocomplete="off"
          value={text}
          onInput={typed}
        />
      ) : (
        <textarea
          {...common}
          rows={Math.min(8, Math.max(3, text.split('\n').length + 1))}
          class={field.kind === 'json' ? 'is-code' : ''}
          spellcheck={field.kind !== 'json'}
          value={text}
          onInput={typed}
        />
      )}
      <p id={`${id}-notes`} class={fault === undefined ? 'faint' : 'field-error'}>
        {fault ?? notes}
      </p>
    </div>
  );
}
