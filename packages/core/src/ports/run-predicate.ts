/**
 * What is asked of a run beyond what an index answers, as a tree.
 *
 * A test of something that the run does not have (the score of one without gates,
 * the error of one that did not fail) does not hold, and so its opposite does.
 */
export type RunPredicate =
  | { readonly test: 'all' | 'any'; readonly of: readonly RunPredicate[] }
  | { readonly test: 'not'; readonly of: RunPredicate }
  | { readonly test: 'has'; readonly field: RunText | RunNumber }
  | { readonly test: 'among'; readonly field: RunText; readonly values: readonly string[] }
  /** It stands within it, or begins or ends it; by case. */
  | { readonly test: 'holds' | 'begins' | 'ends'; readonly field: RunText; readonly text: string }
  | { readonly test: 'tagged'; readonly tag: string }
  | {
      readonly test: 'compared';
      readonly field: RunNumber;
      readonly how: '<' | '<=' | '==' | '>=' | '>';
      readonly with: number;
    };

export type RunText = 'id' | 'workflow' | 'status' | 'priority' | 'forkOf' | 'errorCode' | 'errorKind';

/** `tokens` are those of both directions; `duration` is from start to end, in milliseconds, of a run that has both. */
export type RunNumber =
  | 'usd'
  | 'tokens'
  | 'inputTokens'
  | 'outputTokens'
  | 'calls'
  | 'score'
  | 'createdAt'
  | 'startedAt'
  | 'endedAt'
  | 'duration';
