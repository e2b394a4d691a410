/**
 * What an answer and a reference have in common, as numbers for the model.
 * Words of the question say nothing: who repeats them answers nothing.
 */
import { abstains } from './abstention.ts';
import { answerTokens, isNumber } from './answer-tokens.ts';

/** In UTF-16 units. What stands further on decides nothing about a short answer. */
export const longestAnswer = 8000;
const mostReferences = 64;

const stopWords = new Set(
  `of in on at to for and or by with from as is are was were be been it its he she they his her their this that these those
   who which what when where how there has have had do does did not no i you we your my our also known called named name`.split(
    /\s+/,
  ),
);

const contrast = /\b(?:however|although|though|actually|instead|rather than|while|but|contrary)\b/i;

export type AnswerFeatures = ReturnType<typeof answerFeatures>;

/** By the names that the model knows them by: see correctness-model.ts. */
export function answerFeatures(question: string, references: readonly string[], answer: string) {
  const text = answer.slice(0, longestAnswer);
  const asked = new Set(answerTokens(question));
  const sentences = text.split(/(?<=[.!?])\s+|\n+/).filter((sentence) => sentence.trim() !== '');
  const tokens = answerTokens(text);
  const told: Told = {
    tokens,
    news: tokens.filter((word) => !asked.has(word) && !stopWords.has(word)),
    set: new Set(tokens),
    joined: ` ${tokens.join(' ')} `,
    firstSentence: answerTokens(sentences[0] ?? '').length,
    long: [...new Set(tokens)].filter((word) => word.length >= 4),
    known: new Map(),
    asked,
  };
  const variants = references.slice(0, mostReferences).flatMap(variantsOf);
  const compared = variants.map((reference) => compare(reference, told)).filter((each) => each !== undefined);
  const best = compared.reduce<Compared | undefined>(
    (most, each) => (most === undefined || each.rank > most.rank ? each : most),
    undefined,
  );
  const question_ = question.toLowerCase();
  const at = best?.at ?? -1;
  const full = compared.filter(({ recallNew }) => recallNew >= 0.999).length;
  return {
    recall: best?.recall ?? 0,
    recall_new: best?.recallNew ?? 0,
    recall_letters: best?.recallLetters ?? 0,
    run: best?.run ?? 0,
    whole: best?.whole === true ? 1 : 0,
    first_word: best?.firstWord === true ? 1 : 0,
    last_word: best?.lastWord === true ? 1 : 0,
    numbers_missing: best?.numbersMissing ?? 0,
    numbers_other: Math.min(5, told.news.filter((word) => isNumber(word) && best?.words.has(word) !== true).length),
    likeness: best?.likeness ?? 0,
    precision: best?.precision ?? 0,
    place: at < 0 ? 1 : at / Math.max(1, tokens.length),
    first_sentence: at >= 0 && at < told.firstSentence ? 1 : 0,
    share_of_references: compared.length === 0 ? 0 : full / compared.length,
    mean_recall:
      compared.length === 0 ? 0 : compared.reduce((sum, { recallNew }) => sum + recallNew, 0) / compared.length,
    reference_words: Math.min(12, best?.words.size ?? 0),
    answer_words: Math.log2(1 + tokens.length),
    sentences: Math.min(8, sentences.length),
    abstains: abstains(text) ? 1 : 0,
    negated: best !== undefined && isDenied(best.words, tokens, asked) ? 1 : 0,
    contrast: contrast.test(text) ? 1 : 0,
    asks_number: /\bhow (?:many|much|old|long|far|tall)\b|\bnumber\b|\bpopulation\b/.test(question_) ? 1 : 0,
    asks_time: /\bwhen\b|\bwhat (?:year|date|day|month)\b|\bwhich year\b|\bin what year\b/.test(question_) ? 1 : 0,
    asks_person: /\bwho(?:se|m)?\b/.test(question_) ? 1 : 0,
    echo: tokens.length === 0 ? 0 : tokens.filter((word) => asked.has(word)).length / tokens.length,
    list_share: listShare(references, told),
  };
}

const denials = new Set('not no never isnt wasnt arent werent cannot cant dont doesnt didnt neither nor'.split(' '));

/** Whether the words of a reference stand in the answer only behind a denial: "not Paris". */
function isDenied(words: ReadonlySet<string>, tokens: readonly string[], asked: ReadonlySet<string>): boolean {
  const places = [...tokens.keys()].filter((at) => words.has(tokens[at] ?? '') && !asked.has(tokens[at] ?? ''));
  const isBehindOne = (at: number): boolean => tokens.slice(Math.max(0, at - 3), at).some((word) => denials.has(word));
  // The first word of a reference decides for those that follow it.
  const heads = places.filter((at) => !words.has(tokens[at - 1] ?? ''));
  return heads.length > 0 && heads.every(isBehindOne);
}

type Told = {
  readonly tokens: readonly string[];
  /** What the question has not said. */
  readonly news: readonly string[];
  readonly set: ReadonlySet<string>;
  readonly joined: string;
  readonly firstSentence: number;
  readonly long: readonly string[];
  readonly known: Map<string, boolean>;
  readonly asked: ReadonlySet<string>;
};

type Compared = {
  readonly words: ReadonlySet<string>;
  readonly recall: number;
  readonly recallNew: number;
  readonly recallLetters: number;
  readonly run: number;
  readonly whole: boolean;
  readonly firstWord: boolean;
  readonly lastWord: boolean;
  readonly numbersMissing: number;
  readonly likeness: number;
  readonly precision: number;
  readonly at: number;
  readonly rank: number;
};

/** A reference, and the same without what only explains it: `Pear (fruit)`, `Pittsburgh, Pennsylvania`. */
function variantsOf(reference: string): readonly string[] {
  const bare = reference.replace(/\s*\([^()]{0,100}\)/g, '').trim();
  return bare === '' || bare === reference ? [reference] : [reference, bare];
}

function compare(reference: string, told: Told): Compared | undefined {
  const forms = answerTokens(reference.slice(0, 2000)).slice(0, 200);
  const content = forms.filter((form) => !stopWords.has(form));
  const words = content.length > 0 ? content : forms;
  if (words.length === 0) return undefined;
  const news = words.filter((word) => !told.asked.has(word));
  const counted = news.length > 0 ? news : words;
  const found = words.filter((word) => isTold(word, told));
  const set = new Set(words);
  const recall = found.length / words.length;
  const recallNew = counted.filter((word) => isTold(word, told)).length / counted.length;
  const whole = told.joined.includes(` ${forms.join(' ')} `);
  const at = told.tokens.findIndex((word) => counted.includes(word));
  const letters = (list: readonly string[]): number =>
    list.reduce((sum, word) => sum + (isNumber(word) ? 4 : word.length), 0);
  const likeness = whole ? 1 : bestLikeness(forms, told);
  return {
    words: set,
    recall,
    recallNew,
    recallLetters: letters(counted.filter((word) => isTold(word, told))) / letters(counted),
    run: longestRun(words, told) / words.length,
    whole,
    firstWord: isTold(words[0] ?? '', told),
    lastWord: isTold(words.at(-1) ?? '', told),
    numbersMissing: counted.filter((word) => isNumber(word) && !told.set.has(word)).length > 0 ? 1 : 0,
    likeness,
    precision: told.news.length === 0 ? 0 : told.news.filter((word) => set.has(word)).length / told.news.length,
    at,
    rank: recallNew + 0.5 * recall + 0.3 * likeness + (whole ? 1 : 0) + 0.01 * words.length,
  };
}

/** Whether the answer says a word, or, of a longer word, one that is spelt almost the same. */
function isTold(word: string, { set, long, known }: Told): boolean {
  if (set.has(word)) return true;
  if (isNumber(word) || word.length < 5) return false;
  const before = known.get(word);
  if (before !== undefined) return before;
  const most = word.length >= 8 ? 2 : 1;
  const is = long.some(
    (other) =>
      other[0] === word[0] &&
      Math.abs(other.length - word.length) <= most &&
      !isNumber(other) &&
      isWithin(word, other, most),
  );
  known.set(word, is);
  return is;
}

const longestWord = 40;
/** Rows of the table of distances, used again and again. */
let row = new Uint8Array(longestWord + 1);
let next = new Uint8Array(longestWord + 1);

/** Whether two words differ in `most` letters at most. */
function isWithin(left: string, right: string, most: number): boolean {
  if (left.length > longestWord || right.length > longestWord) return false;
  for (let at = 0; at <= right.length; at += 1) row[at] = at;
  for (let i = 1; i <= left.length; i += 1) {
    next[0] = i;
    let least = i;
    for (let j = 1; j <= right.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const distance = Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, changed);
      next[j] = distance;
      if (distance < least) least = distance;
    }
    if (least > most) return false;
    [row, next] = [next, row];
  }
  return (row[right.length] ?? 0) <= most;
}

/** How many words of the reference stand in the answer side by side, in their order. */
function longestRun(words: readonly string[], { tokens }: Told): number {
  const content = tokens.filter((word) => !stopWords.has(word));
  const places = new Map<string, number[]>();
  for (const [at, word] of words.entries()) places.set(word, [...(places.get(word) ?? []), at]);
  let longest = 0;
  /** How long the run is that ends at each word of the reference. */
  let runs = new Map<number, number>();
  for (const word of content) {
    const longer = new Map<number, number>();
    for (const at of places.get(word) ?? []) {
      const run = (runs.get(at - 1) ?? 0) + 1;
      longer.set(at, run);
      if (run > longest) longest = run;
    }
    runs = longer;
  }
  return longest;
}

/** Dice's coefficient of letter pairs, of the best stretch of the answer as long as the reference. One pass. */
function bestLikeness(forms: readonly string[], { tokens }: Told): number {
  const wanted = new Set(forms.flatMap(pairsOf));
  const counts = new Map<string, number>();
  const pairs = tokens.map(pairsOf);
  let [both, best] = [0, 0];
  for (const [at, entering] of pairs.entries()) {
    for (const pair of entering) {
      const count = counts.get(pair) ?? 0;
      counts.set(pair, count + 1);
      if (count === 0 && wanted.has(pair)) both += 1;
    }
    for (const pair of pairs[at - forms.length] ?? []) {
      const count = counts.get(pair) ?? 0;
      if (count > 1) counts.set(pair, count - 1);
      else counts.delete(pair);
      if (count === 1 && wanted.has(pair)) both -= 1;
    }
    best = Math.max(best, (2 * both) / (counts.size + wanted.size));
  }
  return best;
}

function pairsOf(word: string): readonly string[] {
  if (word.length < 2) return [word];
  return Array.from({ length: Math.min(word.length, 40) - 1 }, (_, at) => word.slice(at, at + 2));
}

/** Of a reference that is a list, the part of its items that are told. */
function listShare(references: readonly string[], told: Told): number {
  let best = 0;
  for (const reference of references.slice(0, mostReferences)) {
    const items = reference
      .slice(0, 2000)
      .split(/\s*(?:,|;|\/|&|\band\b)\s*/)
      .map((item) => answerTokens(item))
      .filter((item) => item.length > 0);
    if (items.length === 0) continue;
    best = Math.max(
      best,
      items.filter((item) => item.every((word) => isTold(word, told) || stopWords.has(word))).length / items.length,
    );
  }
  return best;
}
