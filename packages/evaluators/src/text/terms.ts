/** The words of a sentence that carry its meaning, brought to one form. */
const stopWords = new Set(
  `a about after all also am an and any are as at be been before being both but by can could did do does doing down during each
   for from further had has have having he her here hers him his how i if in into is it its itself just me more most my
   of off on once only or other our out over own same she should so some such than that the their theirs them then there
   these they this those through to too under until up very was we were what when where which while who whom why will
   with would you your yours s t d ll m re ve says said according`.split(/\s+/),
);

const numberWords: { readonly [word: string]: number } = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  hundred: 100,
  first: 1,
  second: 2,
  third: 3,
  once: 1,
  twice: 2,
  half: 0.5,
};

const negations = new Set(
  `not no never none nobody nothing neither nor cannot without n't isn't aren't wasn't weren't don't doesn't didn't hasn't
   haven't hadn't won't wouldn't can't couldn't shouldn't mustn't needn't unable failed refused rejected denied`.split(
    /\s+/,
  ),
);

const token = /\p{N}[\p{N}.,:]*\p{N}|[\p{L}\p{N}\p{M}]+(?:['’][\p{L}]+)*/gu;

export type Term = {
  /** As it stands in the text. */
  readonly written: string;
  /** What is compared: the stem of a word, the value of a number. */
  readonly form: string;
  readonly kind: 'word' | 'number' | 'name' | 'negation' | 'stop';
};

/** The tokens of a sentence. A capitalised word is a name; at the start of a sentence only when another follows. */
export function termsOf(sentence: string): readonly Term[] {
  const found = sentence.match(token) ?? [];
  return found.map((written, index) => {
    const lower = written.toLowerCase().replace(/’/g, "'");
    const plain = lower.replace(/'s$/, '');
    if (negations.has(lower)) return { written, form: 'not', kind: 'negation' };
    const number = numberOf(plain);
    if (number !== undefined) return { written, form: number, kind: 'number' };
    if (stopWords.has(plain)) return { written, form: plain, kind: 'stop' };
    const opensName = /^\p{Lu}{2,}$/u.test(written) || /^\p{Lu}/u.test(found[1] ?? '');
    const isName = /^\p{Lu}/u.test(written) && (index > 0 || opensName);
    return { written, form: stemOf(plain), kind: isName ? 'name' : 'word' };
  });
}

/** Words, numbers and names: what a statement says. */
export function contentTerms(terms: readonly Term[]): readonly Term[] {
  return terms.filter(({ kind }) => kind !== 'stop' && kind !== 'negation');
}

function numberOf(word: string): string | undefined {
  const value = numberWords[word];
  if (value !== undefined) return String(value);
  if (!/^\p{N}/u.test(word)) return undefined;
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(word)) return String(Number(word.replaceAll(',', '')));
  return /^\d+(?:\.\d+)?$/.test(word) ? String(Number(word)) : word;
}

/** Takes common English endings off; what it leaves need not be a word. Other languages mostly pass unchanged. */
function stemOf(word: string): string {
  if (word.length <= 3) return word;
  const stem = word
    .replace(/(?:sses|shes|ches|xes)$/, (end) => end.slice(0, -2))
    .replace(/ies$/, 'y')
    .replace(/(?<=[^su])s$/, '')
    .replace(/(?<=.{3})(?:ing|ed|er|or|ly|ment|ation|ion)$/, '');
  return stem.replace(/(?<=.{2})(?:e|y|i)$/, '').replace(/([bdfgmnprt])\1$/, '$1');
}
