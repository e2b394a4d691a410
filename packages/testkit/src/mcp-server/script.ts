/** What a server for tests offers, and how it behaves. Plain JSON, so that one in a process of its own can be given it. */
export type ServerScript = {
  readonly tools: readonly ScriptedTool[];
  /** What it speaks; default both eras. */
  readonly era?: 'legacy' | 'modern';
  /** Where each call that reaches it is written down, one JSON line each; only of one in a process of its own. */
  readonly log?: string;
  /** Answers nothing, not even a greeting. */
  readonly isSilent?: true;
};

export type ScriptedTool = {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: { readonly [key: string]: unknown };
  readonly outputSchema?: { readonly [key: string]: unknown };
  readonly annotations?: { readonly [hint: string]: boolean };
  /** Default: gives back what it was given, as text. */
  readonly does?: Behaviour;
};

export type Behaviour =
  | { readonly says: string }
  | { readonly gives: { readonly [key: string]: unknown } }
  | { readonly fails: string }
  /** It is gone in the middle of the call. */
  | 'dies'
  /** It never answers. */
  | 'hangs'
  /** It answers with so many characters. */
  | { readonly characters: number }
  /** It gives its whole environment. */
  | 'environment'
  /** It says from then on what stands here of itself. */
  | { readonly becomes: readonly ScriptedTool[] };
