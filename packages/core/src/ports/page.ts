/** Part of a list; `next` is the cursor of what follows. */
export type Page<T> = { readonly items: readonly T[]; readonly next?: string };
