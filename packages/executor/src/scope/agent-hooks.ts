/** The rules of an agent, evaluated in the scope that its step has. What follows from them, core decides. */
import { beforeTurn, errorRecordOf, isJsonObject, TelosError } from '@telos/core';
import type { ActionStep, CallResult, Conversation, HookEvaluator, Json } from '@telos/core';
import type { Linked, Scope } from '@telos/language';

/** @param agent As its rules are told apart from those of others: the path or the id of its step. */
export function hookEvaluator(linked: Linked, scope: Scope, agent: string): HookEvaluator {
  return {
    test: (condition, names) => linked.test(condition, { ...scope, ...names }),
    render: (template, names) => linked.render(template, { ...scope, ...names }),
    within(place, position, act) {
      try {
        return act();
      } catch (error) {
        const { code, message } = errorRecordOf(error, 'EXPRESSION_FAILED');
        if (code !== 'EXPRESSION_FAILED') throw error;
        const where = `hooks.${place}[${position}]${agent === '' ? '' : ` of ${agent}`}`;
        throw new TelosError('EXPRESSION_FAILED', `${where}: ${message}`, { cause: error });
      }
    },
  };
}

/** What a turn is given, with what the rules of its agent make of it. Of every other step: as it is. */
export function withRuled(step: Pick<ActionStep, 'hooks'>, rendered: Json, linked: Linked, scope: Scope): Json {
  if (step.hooks === undefined || !isJsonObject(rendered)) return rendered;
  const { rules, round } = step.hooks;
  // Both were made by this engine.
  const { conversation, results } = rendered as unknown as {
    readonly conversation: Conversation;
    readonly results: { readonly [step: string]: CallResult };
  };
  const ruled = beforeTurn(rules, hookEvaluator(linked, scope, ''), round, conversation, results);
  return { ...rendered, ruled: ruled as unknown as Json };
}
