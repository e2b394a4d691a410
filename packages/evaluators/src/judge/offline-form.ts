/**
 * Where no model is reachable, `auto` is `offline/extractive`, which compares
 * words. A gate may make do with that; what keeps harm out may not take it for
 * a model's word: it is an error there, unless the offline form was named.
 */
import type { ModelSpec } from '@telos/core';

const provider = 'offline/';

export type OfflineForm = 'asked_for' | 'stands_in';

/** Undefined when a model has answered. */
export function offlineForm(wanted: ModelSpec, answered: string): OfflineForm | undefined {
  if (!answered.startsWith(provider)) return undefined;
  return namesIn(wanted).some((name) => name.startsWith(provider)) ? 'asked_for' : 'stands_in';
}

/** Why there is no verdict, and what to do. */
export function noModel(answered: string): string {
  return `No model is reachable that can judge: ${answered} only compares words. Give a provider its key, start Ollama, or name a model in \`model\` of the check; \`model: ${answered}\` makes do with words.`;
}

function namesIn(spec: ModelSpec): readonly string[] {
  return typeof spec === 'string' ? [spec] : spec.fallback;
}
