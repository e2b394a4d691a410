/**
 * From a question to the words that are looked up.
 *
 * Only letters and digits survive, and each word is quoted, so nothing in a
 * question can be read as an operator of the full-text language. Chinese and
 * Japanese are written without spaces: their characters are indexed one by one
 * and looked up in pairs.
 */
const word = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const unspacedRun =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

const stopWords = new Set(
  `a about an and any are as at be been being but by can could did do does for from had has have how i if in into is it its
   may me my no not of on or our s she he so some such t than that the their them then there these they this to us was we
   were what when where which while who whom whose why will with would you your`.split(/\s+/),
);

/** Longer questions are answered by their first distinct words. */
const mostTerms = 64;

/** Text as it goes into the index. */
export function indexedText(text: string): string {
  return text.replace(unspaced, ' $& ');
}

/** The distinct words of a text in lower case, in order. */
function wordsOf(text: string): readonly string[] {
  return [...new Set(text.toLowerCase().match(word) ?? [])];
}

/** Words that carry meaning; when there are only stop words, those. */
export function termsOf(query: string): readonly string[] {
  const words = wordsOf(query);
  const content = words.filter(carriesMeaning);
  return (content.length > 0 ? content : words).slice(0, mostTerms);
}

export function carriesMeaning(term: string): boolean {
  return !stopWords.has(term);
}

/** A full-text expression that matches any of the terms; undefined when there are none. */
export function matchAny(terms: readonly string[]): string | undefined {
  const phrases = new Set(terms.flatMap(phrasesOf));
  return phrases.size === 0 ? undefined : [...phrases].map((phrase) => `"${phrase}"`).join(' OR ');
}

function phrasesOf(term: string): readonly string[] {
  return (term.match(unspacedRun) ?? []).flatMap((run) => {
    const characters = run.match(unspaced);
    if (characters === null) return [run];
    if (characters.length === 1) return [...characters];
    return characters.slice(1).map((character, index) => `${characters[index] ?? ''} ${character}`);
  });
}
