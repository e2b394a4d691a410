import type { Signal } from '@preact/signals';

/** As whom somebody decides where the server does not know, and what they have to say. */
export function DecisionFields({
  id,
  who,
  as,
  note,
  read = '',
}: {
  /** Tells these fields from others of the page. */
  readonly id: string;
  /** Those who are asked; absent: nobody has to say who they are. */
  readonly who: readonly string[] | undefined;
  readonly as: Signal<string>;
  readonly note: Signal<string>;
  /** Who reads the note besides. */
  readonly read?: string;
}) {
  return (
    <>
      {who !== undefined && (
        <div class="field">
          <label for={`as-${id}`}>
            As <span class="faint">kept with the decision</span>
          </label>
          <select
            id={`as-${id}`}
            value={as.value}
            onChange={(event) => {
              as.value = event.currentTarget.value;
            }}
          >
            {who.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
      )}
      <div class="field">
        <label for={`note-${id}`}>
          Note <span class="faint">kept with the run{read}</span>
        </label>
        <input
          id={`note-${id}`}
          type="text"
          value={note.value}
          onInput={(event) => {
            note.value = event.currentTarget.value;
          }}
        />
      </div>
    </>
  );
}
