const fillers: ReadonlySet<string> = new Set(
  'a an and are as at be by do for from give gives how in into is it its me of on one or our please than that the their them then there these they this to use was we what when where which who why will with you your'.split(
    ' ',
  ),
);

/** The words of a text that mean something, in lower case and without their usual endings. Each once. */
export function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  return new Set(words.filter((word) => !fillers.has(word)).map(stem));
}

/** `searches`, `searching` and `search` become one; a rough cut is enough to rank tools. */
function stem(word: string): string {
  const cut = word.replace(/(?:ing|ies|ed|es|s|y|e)$/, '');
  return cut.length >= 3 ? cut : word;
}
