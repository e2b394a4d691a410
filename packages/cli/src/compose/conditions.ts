import type { Json } from '@telos/core';
import { link } from '@telos/language';

/** Evaluates bare CEL outside any workflow, for checks. @throws TelosError EXPRESSION_FAILED. */
export function createConditions(): (expression: string, scope: { readonly [name: string]: Json }) => boolean {
  const { test } = link({
    telos: 1,
    id: 'conditions',
    inputs: {},
    vars: {},
    tools: {},
    permissions: { allow: [], ask: [], deny: [] },
    evaluators: {},
    steps: [],
    outputs: {},
    outputReads: [],
    requires: { tools: [], checks: [], models: [], secrets: [] },
  });
  return test;
}
