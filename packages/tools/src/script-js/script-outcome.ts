/** How a script ended. */
export type ScriptOutcome =
  /** What it returned, as JSON text; absent when it returned nothing. */
  | { readonly ended: 'returned'; readonly text?: string }
  /** What it returned is no JSON, or too much: a sentence that says so. */
  | { readonly ended: 'unusable'; readonly reason: string }
  /** `message` is absent when what was thrown is no Error. */
  | { readonly ended: 'threw'; readonly message?: string; readonly line?: number; readonly column?: number }
  | { readonly ended: 'stopped'; readonly by: 'cpu' | 'memory' };
