/** The same fields, those that may be undefined optional. */
export type Defined<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

/** A copy without the fields that are undefined, so that absent means absent. */
export function defined<T extends object>(fields: T): Defined<T> {
  // dropping the undefined fields is what makes the type true
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
