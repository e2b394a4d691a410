/** What an objective asks, once its place (a folder, a file, an address) is taken out of it. */

const verbs =
  /^(?:please\s+)?(?:(?:find(?:\s+out)?|look\s+up|look\s+for|search(?:\s+for)?|answer|tell\s+me|say|explain|show(?:\s+me)?|learn|read)\b\s*)(?:the\s+answer\s+to\s+)?(?:and\s+(?:say|tell\s+me|answer|explain|quote)\s+)?/i;

/** Work that finding and quoting does not do. */
const otherWork =
  'add|book|build|buy|change|classify|compare|compose|convert|create|delete|design|draft|edit|email|fix|generate|improve|insert|make|plan|post|publish|rank|remove|rename|replace|rewrite|run|save|send|store|translate|update|upload|write';
const doesOtherWork = new RegExp(
  `^(?:please\\s+)?(?:${otherWork})\\b|\\b(?:and|then)\\s+(?:then\\s+)?(?:${otherWork})\\b`,
  'i',
);

/**
 * The question that is left, without the verb that asks for it. Empty when none
 * is left, or when more is asked than one question: nothing may be dropped in silence.
 */
export function questionIn(text: string): string {
  const said = text.replace(/^[\s,:;.-]+|[\s,:;-]+$/g, '').replace(/\s+/g, ' ');
  const bare = said.replace(verbs, '').replace(/^(?:and|for|about|that)\s+/i, '');
  const isOne = !/[.?!]\s+\S/.test(bare) && !doesOtherWork.test(said) && !doesOtherWork.test(bare);
  return isOne && /[\p{L}\p{N}]{2,}/u.test(bare) ? bare : '';
}

/** An objective without a part of it; where that part was what a question is about, `it` stands for it. */
export function without(objective: string, part: { readonly index: number; readonly 0: string }): string {
  const before = objective.slice(0, part.index).trim();
  const isSubject = /\b(?:does|do|did|is|has|can)$/i.test(before);
  return `${before}${isSubject ? ' it' : ''} ${objective.slice(part.index + part[0].length).trim()}`.trim();
}

/** Whether all that is asked is the main points. */
export function asksForSummary(question: string): boolean {
  return /^(?:(?:and|then)\s+)?(?:(?:please\s+)?(?:summari[sz]e|sum\s+up|digest|condense)(?:\s+(?:it|them|this|that|the\s+(?:page|file|answer|result|text)))?|(?:give\s+)?(?:me\s+)?(?:a\s+)?summary(?:\s+of\s+(?:it|this))?|what\s+(?:it|this)\s+(?:says|is\s+about))[.!]?$/i.test(
    question.trim(),
  );
}

/** Whether nothing more is asked than to have it. */
export function asksForNothing(question: string): boolean {
  return /^(?:(?:please\s+)?(?:fetch|get|read|open|load|download|call|request|show|print|give)(?:\s+me)?)?\s*(?:the\s+)?(?:web\s*)?(?:page|file|api|url|content|contents|text|json|endpoint|address|document|site|answer)?(?:\s+(?:at|of|from|in))?\s*[.!:]?$/i.test(
    question.trim(),
  );
}

export const mainPoints = 'What are the main points?';
