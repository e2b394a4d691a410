const abstention =
  /\b(?:i(?: am|['’]m) (?:sorry|not sure|unable)|sorry,|(?:do|does|did|could|can)(?: not|n['’]t) (?:know|find|have|provide|determine|access|answer)|cannot (?:find|provide|determine|answer)|not (?:aware|sure|certain|clear|known|specified|available|mentioned|provided)|no (?:information|answer|definitive|specific|record|known|single|such|clear|official)|unknown|unclear|unable to|there (?:is|was|are|were)(?: not|n['’]t| no)|as an ai|it is (?:not|unclear)|not enough|more context|clarify|please provide|insufficient)\b/i;

/** Whether an answer says that it gives none. */
export function abstains(answer: string): boolean {
  return abstention.test(answer);
}
