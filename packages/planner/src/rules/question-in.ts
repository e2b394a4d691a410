const verbs =
  /^(?:please\s+)?(?:(?:find(?:\s+out)?|look\s+up|look\s+for|search(?:\s+for)?|answer|tell\s+me|say|explain|show(?:\s+me)?|learn|read)\b\s*)(?:the\s+answer\s+to\s+)?(?:and\s+(?:say|tell\s+me|answer|explain|quote)\s+)?/i;

/** The question that is left of an objective without its place and its verb; empty when none is. */
export function questionIn(text: string): string {
  const bare = text
    .replace(verbs, '')
    .replace(/^[\s,:;.-]+|[\s,:;-]+$/g, '')
    .replace(/^(?:and|for|about|that)\s+/i, '')
    .replace(/\s+/g, ' ');
  return /[\p{L}\p{N}]{2,}/u.test(bare) ? bare : '';
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
