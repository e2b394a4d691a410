/**
 * Every deliberate failure, by its stable code. docs/errors.md is written from
 * these tables by `pnpm docs:errors`.
 */
import { apiErrors } from './catalog/api.ts';
import { cliErrors } from './catalog/cli.ts';
import { engineErrors } from './catalog/engine.ts';
import { knowledgeErrors } from './catalog/knowledge.ts';
import { languageErrors } from './catalog/language.ts';
import { modelsErrors } from './catalog/models.ts';
import { plannerErrors } from './catalog/planner.ts';
import { stepsErrors } from './catalog/steps.ts';
import { storeErrors } from './catalog/store.ts';
import { toolsErrors } from './catalog/tools.ts';

export type { CatalogEntry, ErrorKind } from './catalog/entry.ts';

/** The catalogue by what the codes are about, in the order of the page. */
export const catalogGroups = {
  engine: engineErrors,
  cli: cliErrors,
  steps: stepsErrors,
  store: storeErrors,
  language: languageErrors,
  models: modelsErrors,
  knowledge: knowledgeErrors,
  planner: plannerErrors,
  api: apiErrors,
  tools: toolsErrors,
} as const;

export const catalog = {
  ...engineErrors,
  ...cliErrors,
  ...stepsErrors,
  ...storeErrors,
  ...languageErrors,
  ...modelsErrors,
  ...knowledgeErrors,
  ...plannerErrors,
  ...apiErrors,
  ...toolsErrors,
} as const;

export type ErrorCode = keyof typeof catalog;
