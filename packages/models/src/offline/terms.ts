/** Words as the extractive model compares them: folded, stemmed, without the words that carry no topic. */

const stopWords = new Set(
  `a about after all also am an and any are as at be because been before being between both but by can could did do does
  doing down during each few for from further get gets give gives had has have having he her here hers him his how i if in
  into is it its just long many may me might more most much must my no nor not of off often on once only or other our ours
  out over own per please same shall she should so some such take takes tell than that the their theirs them then there
  these they this those through to too under until up upon us very was we were what when where whether which while who
  whom whose why will with within would you your yours`.split(/\s+/),
);

/** The topic words of a text, stemmed, in order, with repeats. */
export function termsOf(text: string): readonly string[] {
  const words =
    text
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !stopWords.has(word) && (word.length > 1 || /\d/.test(word))).map(stem);
}

/** Letters of a stem that are compared: `delivery` and `delivered` meet here, `internet` and `internal` do not. */
const stemLength = 7;

/** Takes common English endings off. Crude on purpose: it must be the same for question and source, not correct. */
function stem(word: string): string {
  if (/\d/.test(word)) return word;
  let root = word;
  if (root.length > 4 && root.endsWith('ies')) root = `${root.slice(0, -3)}y`;
  else if (root.length > 4 && /(ss|sh|ch|x|z)es$/.test(root)) root = root.slice(0, -2);
  else if (root.length > 3 && /[^su]s$/.test(root)) root = root.slice(0, -1);
  const bare = root.replace(/(ing|edly|ed|ly)$/, '');
  if (bare.length >= 3 && /[aeiouy]/.test(bare)) root = bare.replace(/([bdfgmnprt])\1$/, '$1');
  return root.replace(/e$/, '').slice(0, stemLength);
}
