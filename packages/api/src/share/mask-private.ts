/**
 * What is private in a run, kept out of what is shown to others.
 *
 * Labels say which values are private; those are masked where they stand. What
 * a masked value was made of may stand elsewhere too, in a message or a prompt
 * that lost its label: texts of masked values are masked wherever they appear.
 */
import { isJsonObject } from '@telos/core';
import type { Json, Labelling } from '@telos/core';

export const mask = '[private]';

/** Shorter texts are words of any sentence. */
const shortestHidden = 5;
const mostHidden = 5_000;

export class PrivateValues {
  readonly #texts = new Set<string>();
  #pattern: RegExp | undefined;

  /** The value with what its labelling calls private masked. */
  masked(value: Json, labelling: Labelling | undefined): Json {
    if (labelling === undefined) return value;
    const { fields } = labelling;
    if (fields !== undefined && isJsonObject(value)) {
      const { fields: _fields, ...whole } = labelling;
      return Object.fromEntries(
        Object.entries(value).map(([name, field]) => [
          name,
          this.masked(field, Object.hasOwn(fields, name) ? fields[name] : whole),
        ]),
      );
    }
    if (labelling.private === undefined) return value;
    this.hide(value);
    return mask;
  }

  /** From now on its texts are masked in all that `scrubbed` is given. */
  hide(value: Json): void {
    if (isJsonObject(value)) Object.values(value).forEach((field) => this.hide(field));
    else if (Array.isArray(value)) value.forEach((item: Json) => this.hide(item));
    else if (typeof value === 'string' || typeof value === 'number') this.#hideText(String(value).trim());
  }

  /** The text without what was hidden. */
  scrubbed(text: string): string {
    if (this.#texts.size === 0) return text;
    this.#pattern ??= new RegExp(
      [...this.#texts]
        .toSorted((a, b) => b.length - a.length)
        .map((hidden) => hidden.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
        .join('|'),
      'g',
    );
    return text.replaceAll(this.#pattern, mask);
  }

  #hideText(text: string): void {
    if (text.length < shortestHidden || this.#texts.size >= mostHidden) return;
    this.#texts.add(text);
    this.#pattern = undefined;
    // As it stands inside JSON text.
    const quoted = JSON.stringify(text).slice(1, -1);
    if (quoted !== text) this.#texts.add(quoted);
  }
}
