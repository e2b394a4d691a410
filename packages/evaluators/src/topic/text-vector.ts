/**
 * A short text as weighted words, pairs of words and pieces of words. Pieces
 * bring forms of a word together, in any language that puts blanks between
 * words, and slips of the pen too.
 */
export type Counts = ReadonlyMap<string, number>;
export type Vector = ReadonlyMap<string, number>;

/** In UTF-16 units: what a text is about shows early, and the time must stay small. */
const longest = 4000;
const longestWord = 40;
/** Words that say how something is said rather than what about. */
const functionWords = new Set(
  `a an the of in on at to for and or is are was were be been am it its i me my you your we us our he she they them their this that these those
   do does did can could would will should may might must have has had with from by as so if then please how what when where which who why
   i'm i'd i've what's not no any some there here just let get got need want like`.split(/\s+/),
);
const pieces = [3, 4, 5];

/** @param functionWeight In [0, 1]: what a word like "how" counts for beside others. */
export function countsOf(text: string, functionWeight = 1): Counts {
  const counts = new Map<string, number>();
  const add = (key: string, weight: number): void => void counts.set(key, (counts.get(key) ?? 0) + weight);
  const flat = text.slice(0, longest).normalize('NFKC').toLowerCase();
  const words = (flat.match(/[\p{L}\p{N}']+/gu) ?? []).map((word) => word.slice(0, longestWord));
  const stems = words.map(stem);
  const weights = words.map((word) => (functionWords.has(word) ? functionWeight : 1));
  for (const [at, word] of stems.entries()) {
    const weight = weights[at] ?? 1;
    add(`w ${word}`, 2 * weight);
    const next = stems[at + 1];
    if (next !== undefined) add(`p ${word} ${next}`, Math.max(weight, weights[at + 1] ?? 1));
  }
  for (const [at, word] of words.entries()) {
    const edged = `_${word}_`;
    for (const length of pieces) {
      for (let from = 0; from + length <= edged.length; from += 1)
        add(`c ${edged.slice(from, from + length)}`, weights[at] ?? 1);
    }
  }
  return counts;
}

function stem(word: string): string {
  return word.length > 3 ? word.replace(/(?:ing|ed|s|es|ly|e|y)$/, '') : word;
}

/** How many texts hold each feature, so that what many hold counts for little. */
export type Rarity = { readonly texts: number; readonly holding: ReadonlyMap<string, number> };

export function rarityOf(texts: readonly Counts[]): Rarity {
  const holding = new Map<string, number>();
  for (const counts of texts) for (const key of counts.keys()) holding.set(key, (holding.get(key) ?? 0) + 1);
  return { texts: texts.length, holding };
}

/** TF-IDF, of length 1. */
export function vectorOf(counts: Counts, { texts, holding }: Rarity): Vector {
  const vector = new Map<string, number>();
  let squares = 0;
  for (const [key, count] of counts) {
    const weight = damped(count) * Math.log((texts + 1) / ((holding.get(key) ?? 0) + 0.5));
    if (weight <= 0) continue;
    vector.set(key, weight);
    squares += weight * weight;
  }
  const length = Math.sqrt(squares);
  return new Map([...vector].map(([key, weight]) => [key, weight / length]));
}

function damped(count: number): number {
  return count <= 1 ? count : 1 + Math.log(count);
}
