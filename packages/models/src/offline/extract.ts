/** The sentences that answer a prompt, and the answer made of them. */
import type { Prompt } from './read-prompt.ts';
import { rankCentral, rankPassages } from './rank-passages.ts';
import type { Ranked } from './rank-passages.ts';
import { passagesOf } from './source.ts';
import type { Passage } from './source.ts';
import { termsOf } from './terms.ts';

export type Extraction = {
  readonly prompt: Prompt;
  readonly passages: readonly Passage[];
  /** What sentences are ranked by; empty for a plain summary. */
  readonly query: readonly string[];
  /** Sentences that fit, best first, no two nearly alike. Empty: the sources do not answer. */
  readonly fitting: readonly Ranked[];
};

export const notAnswered = 'The sources do not answer this.';
export const noSources = 'There are no sources here to answer from.';

/** Words of instructions that say how to answer, not about what. */
const instructionWords = new Set(
  termsOf(
    `answer question use using source sources cite citing quote quotes quoted name naming json schema return list give
    summarise summarize summary brief briefly digest overview report write describe explain extract sentence sentences
    paragraph word words result results passage passages document documents text following below above given based
    everything every claim fact facts point points key short concise please page pages content data row rows main
    important list notes reader know happen happens mean means`,
  ),
);

/** Reads the prompt's sources and finds what in them fits. */
export function extract(prompt: Prompt): Extraction {
  const passages = passagesOf(prompt.sources).filter(({ text }) => text !== notAnswered && text !== noSources);
  const asked = prompt.question === '' ? prompt.instruction : prompt.question;
  const query = termsOf(asked).filter((term) => !instructionWords.has(term));
  const matching = fittingOf(rankPassages(passages, query), query);
  // Without a question of its own the prompt asks for what the sources say, whatever that is.
  const general = prompt.question === '' || query.length === 0 || prompt.isMatter;
  const ranked = matching.length === 0 && general ? rankCentral(passages) : matching;
  return { prompt, passages, query, fitting: withoutLikes(ranked) };
}

/** Those that hold enough of the question: more than half of one or two words, two fifths of three, a third of more. */
export function fittingOf(ranked: readonly Ranked[], query: readonly string[]): readonly Ranked[] {
  const words = new Set(query).size;
  const enough = words <= 2 ? 0.51 : words === 3 ? 0.4 : 0.33;
  return ranked.filter(({ coverage }) => coverage >= enough);
}

/** Most sentences in one answer. */
const mostQuoted = 3;
/** Score against the best, below which a sentence adds more noise than answer. */
const nearBest = 0.6;

/** The sentences that a written answer quotes: the best, and those nearly as good. */
export function bestOf(fitting: readonly Ranked[], most = mostQuoted): readonly Passage[] {
  const floor = (fitting[0]?.score ?? 0) * nearBest;
  return fitting
    .filter(({ score }) => score >= floor)
    .slice(0, most)
    .map(({ passage }) => passage);
}

/** `"sentence" [source]`, one a line; or the honest sentence that says there is nothing. */
export function writtenAnswer(extraction: Extraction, most = mostQuoted): string {
  if (extraction.passages.length === 0) return noSources;
  const quoted = bestOf(extraction.fitting, most);
  return quoted.length === 0 ? notAnswered : quoted.map(quoteOf).join('\n');
}

export function quoteOf({ text, source }: Passage): string {
  return `"${text}" [${source.name}]`;
}

/** Leaves out a sentence whose words are nearly those of a better one. */
function withoutLikes(ranked: readonly Ranked[]): readonly Ranked[] {
  const kept: { readonly ranked: Ranked; readonly terms: ReadonlySet<string> }[] = [];
  for (const each of ranked.slice(0, 50)) {
    const terms = new Set(each.passage.terms);
    const alike = kept.some(({ terms: other }) => {
      const shared = terms.intersection(other).size;
      return shared > 0.8 * Math.max(terms.size, other.size);
    });
    if (!alike) kept.push({ ranked: each, terms });
  }
  return kept.map(({ ranked }) => ranked);
}
