/**
 * A list of words and phrases for each concept, separated by commas, in any
 * language. `ignor*` stands for every word that begins so; `..` for up to two
 * words between. Entries are folded as texts are: accents and case play no part.
 */
export type ConceptEntries = { readonly [concept: string]: string };
