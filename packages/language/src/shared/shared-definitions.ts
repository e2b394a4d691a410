import type { JsonObject } from '@telos/core';

/** Definitions that every workflow may use as if they stood in it: `models`, `tools` and `evaluators` as they are written there. */
export type SharedDefinitions = {
  readonly models: JsonObject;
  readonly tools: JsonObject;
  readonly evaluators: JsonObject;
};
