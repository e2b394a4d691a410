import { plain } from './commit/group-details.ts';

/** Collects the values of a statement while its text is made. */
export function sqlValues(): {
  readonly values: readonly unknown[];
  /** Takes a value, and gives what stands for it in the text. */
  value(given: string | number): string;
  /** The same for a list of texts: what a column may equal any of. */
  list(given: readonly string[]): string;
} {
  const values: unknown[] = [];
  return {
    values,
    value(given) {
      values.push(typeof given === 'string' ? plain(given) : given);
      return `$${values.length}`;
    },
    list(given) {
      values.push(given.map(plain));
      return `ANY ($${values.length}::text[])`;
    },
  };
}
