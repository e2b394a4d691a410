/**
 * Words of attacks with one mistake in them: a letter left out, put in or hit
 * beside. Only words that nothing else is a letter away from, and none of their
 * first and last letters, so that `forge` is no `forget`.
 */
const meant = `ignore ignoring disregard previous previously instruction instructions guideline guidelines
  restriction restrictions limitations prompt prompts system hidden override bypass developer administrator
  password credentials configuration unrestricted uncensored assistant conversation everything
  forgetting pretend jailbreak unfiltered initial original`.split(/\s+/);

/** Every word with one letter out, and the word: two words that share one of these are a letter apart. */
const without = new Map<string, string>();
for (const word of meant) for (const rest of lessALetter(word)) without.set(rest, word);
const words = new Set(meant);
/** A letter away from one of them, and a word. */
const others = new Set(['precious']);

/** The word that is meant, when `text` is one of them with a single mistake. */
export function spelledRight(text: string): string | undefined {
  if (text.length < 5 || text.length > 15 || words.has(text) || others.has(text) || !/^[a-z]+$/.test(text))
    return undefined;
  const left = without.get(text);
  if (left !== undefined && sameEnds(text, left)) return left;
  for (const rest of lessALetter(text)) {
    if (words.has(rest) && sameEnds(text, rest)) return rest;
    const word = without.get(rest);
    if (word !== undefined && word.length === text.length && word.length > 7 && sameEnds(text, word)) {
      if (differences(text, word) === 1) return word;
    }
  }
  return undefined;
}

function* lessALetter(word: string): Generator<string> {
  for (let at = 1; at < word.length - 1; at += 1) yield word.slice(0, at) + word.slice(at + 1);
}

function sameEnds(one: string, other: string): boolean {
  return one.charAt(0) === other.charAt(0) && one.slice(-1) === other.slice(-1);
}

function differences(one: string, other: string): number {
  return Array.from(one).filter((letter, at) => letter !== other.charAt(at)).length;
}
