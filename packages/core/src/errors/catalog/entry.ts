/** What retry logic reads: `retryable` may succeed if tried again, `terminal` will not, `bug` is ours to mend. */
export type ErrorKind = 'retryable' | 'terminal' | 'bug';

/** `next` tells a person what to do. */
export type CatalogEntry = { readonly kind: ErrorKind; readonly title: string; readonly next: string };
