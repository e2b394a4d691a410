import type { Json, Template } from '@telos/core';
import { compileTemplate, createExpressionCache } from './cel/compiled-template.ts';
import type { Scope } from './linked.ts';

/** Evaluates the expressions of a single template. @throws TelosError EXPRESSION_FAILED */
export function renderTemplate(template: Template, scope: Scope): Json {
  return compileTemplate(template, createExpressionCache())?.(scope, Date.now) ?? template;
}
