/**
 * Words of a short answer, brought to one form: case, accents, articles and
 * punctuation play no part; numbers, ordinals and dates are numbers; "U.S." is
 * "us". What was written together for a reader (`Succession1`, a footnote) is
 * taken apart.
 */
const numberWords = new Map(
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty`
    .split(' ')
    .map((word, value) => [word, value]),
);
const tens = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, at) => [word, 20 + 10 * at]),
);
const ordinals = new Map(
  `first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth`
    .split(' ')
    .map((word, at) => [word, at + 1]),
);
const scales = new Map([
  ['hundred', 100],
  ['thousand', 1000],
  ['million', 1e6],
  ['billion', 1e9],
  ['trillion', 1e12],
]);
const monthNames = 'january february march april may june july august september october november december'.split(' ');
const months = new Map(
  monthNames.flatMap((month, at): [string, string][] => [
    [month, `m${at + 1}`],
    [month.slice(0, 3), `m${at + 1}`],
  ]),
);
months.set('sept', 'm9');
/** Names that are written in several ways. */
const aliases = new Map<string, readonly string[]>([
  ['usa', ['us']],
  ['america', ['us']],
  ['american', ['us']],
  ['britain', ['uk']],
  ['&', ['and']],
  ['mount', ['mt']],
  ['saint', ['st']],
  ['doctor', ['dr']],
  ['versus', ['vs']],
  ['television', ['tv']],
  ['percent', ['%']],
  ['pct', ['%']],
  ['kilometre', ['km']],
  ['kilometer', ['km']],
  ['colour', ['color']],
  ['theatre', ['theater']],
  ['centre', ['center']],
  ['grey', ['gray']],
]);
const phrases: readonly (readonly [RegExp, string])[] = [
  [/\bunited states(?: of america)?\b/g, 'us'],
  [/\bunited kingdom\b|\bgreat britain\b/g, 'uk'],
  [/\bnew york city\b/g, 'nyc'],
  [/\bper ?cent\b/g, '%'],
];
/** `nineteen forty-five`, `eighteen twelve`, `twenty oh four`: centuries and years of one. */
const year =
  /\b(sixteen|seventeen|eighteen|nineteen|twenty)[ -](?:(?:oh|o)[ -](one|two|three|four|five|six|seven|eight|nine)|(ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)|(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](one|two|three|four|five|six|seven|eight|nine))?)\b/g;
const articles = new Set(['a', 'an', 'the']);
const roman = /^(?:i{1,3}|iv|vi{0,3}|ix|xi{0,3}|xiv|xvi{0,3}|xix|xx)$/;

const token = /\p{N}+(?:[.,:]\p{N}+)*|\p{L}[\p{L}\p{M}]*(?:['’]\p{L}+)*|[%&]|\p{Extended_Pictographic}/gu;

/** In the order of the text, articles left out. */
export function answerTokens(text: string): readonly string[] {
  const flat = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    // U.S. and J. K. are one word, and two letters.
    .replace(/\b(?:\p{L}\.){2,6}/gu, (letters) => letters.replaceAll('.', ''))
    .replace(/(?<=\p{L}{3})\d{1,2}(?=[\s.,;]|$)/gu, '')
    .replace(/(\d)(?:st|nd|rd|th)\b/gi, '$1')
    .replace(/\b(\d{4})-(\d{2})-(\d{2})\b/g, (date, year: string, month: string, day: string) => {
      const name = monthNames[Number(month) - 1];
      return name === undefined ? date : `${day} ${name} ${year}`;
    })
    .toLowerCase();
  const plain = phrases
    .reduce((words, [phrase, short]) => words.replace(phrase, short), flat)
    .replace(year, (_, ...parts: readonly (string | undefined)[]) => {
      const [century, ...rest] = parts
        .slice(0, 5)
        .map((word) => numberWords.get(word ?? '') ?? tens.get(word ?? '') ?? 0);
      return String((century ?? 0) * 100 + rest.reduce((sum, part) => sum + part, 0));
    });
  const tokens: string[] = [];
  for (const [written] of plain.matchAll(token)) {
    for (const form of formsOf(written)) {
      const joined = joinedNumber(tokens.at(-1), form);
      if (joined === undefined) tokens.push(form);
      else tokens[tokens.length - 1] = joined;
    }
  }
  return tokens;
}

function formsOf(written: string): readonly string[] {
  const word = written.replace(/['’]s$/, '').replace(/['’]/g, '');
  if (articles.has(word)) return [];
  const alias = aliases.get(word);
  if (alias !== undefined) return alias;
  const month = months.get(word);
  if (month !== undefined) return [month];
  const value = numberWords.get(word) ?? tens.get(word) ?? ordinals.get(word) ?? scales.get(word);
  if (value !== undefined) return [String(value)];
  if (/^\d/.test(word)) return [numberText(word)];
  if (word.length > 1 && roman.test(word)) return [String(romanValue(word))];
  return [stem(word)];
}

function numberText(word: string): string {
  const plain = word.replace(/,(?=\d{3}\b)/g, '').replace(/\.0+$/, '');
  return /^\d+(?:\.\d+)?$/.test(plain) ? String(Number(plain)) : plain;
}

/** "twenty" "one" is 21, "3" "million" is 3000000. Digits beside digits stay two numbers. */
function joinedNumber(before: string | undefined, word: string): string | undefined {
  if (before === undefined || !/^\d+(?:\.\d+)?$/.test(before) || !/^\d+$/.test(word)) return undefined;
  const [left, right] = [Number(before), Number(word)];
  if ([100, 1000, 1e6, 1e9, 1e12].includes(right) && left < 1000) return String(Math.round(left * right * 1000) / 1000);
  return left >= 20 && left <= 90 && left % 10 === 0 && right >= 1 && right <= 9 ? String(left + right) : undefined;
}

function romanValue(word: string): number {
  const values: { readonly [letter: string]: number } = { i: 1, v: 5, x: 10 };
  const digits = Array.from(word, (letter) => values[letter] ?? 0);
  return digits.reduce((sum, value, at) => sum + (value < (digits[at + 1] ?? 0) ? -value : value), 0);
}

/** Plurals and the commonest endings: more would make names of different people one. */
function stem(word: string): string {
  if (word.length <= 3) return word;
  return word
    .replace(/ies$/, 'y')
    .replace(/(?<=ch|sh|ss|x)es$/, '')
    .replace(/(?<=[^su])s$/, '');
}

export function isNumber(form: string): boolean {
  return /^\d/.test(form);
}
