import type { Models, Sharing } from '@telos/core';
import type { CollectionIndex, CollectionState } from '../index-file/collection-index.ts';
import type { Ranked } from './lexical-search.ts';
import { bytesOf, codeOf, dot, nearestCodes, normalised, packCodes, vectorOf } from './vector-codes.ts';
import type { PackedCodes } from './vector-codes.ts';

/** Texts sent to the embedding model at once. */
const batch = 64;
/** Candidates by code that are compared exactly, and how many of them are ranked. */
const candidates = 400;
const depth = 100;

/** What the embedding model did for a search or an ingest. */
export type Embedding = {
  readonly embedded: number;
  /** Absent when no embedding model is reachable. */
  readonly model?: string;
  /** Why vectors could not be used, when a model was there but failed. */
  readonly problem?: string;
};

type Failed = Embedding & { readonly problem: string };

export type VectorSearch = ReturnType<typeof vectorSearch>;

/** The meaning-based half of the search. It adds to the words and never stands in their way: a failing model is reported, not thrown. */
export function vectorSearch(index: CollectionIndex, models: Models) {
  const packed = new Map<number, { readonly generation: number; readonly codes: PackedCodes }>();

  const embed = async (texts: readonly string[], signal: AbortSignal, sharing?: Sharing) => {
    const answer = await models.embed(texts, signal, sharing);
    if (answer === undefined) return undefined;
    const vectors = answer.vectors.map(normalised);
    if (
      vectors.length !== texts.length ||
      vectors.some((vector) => vector === undefined || vector.length !== vectors[0]?.length)
    ) {
      throw new Error(
        `${answer.model} did not give vectors of equal length and some direction for ${texts.length} texts`,
      );
    }
    return { model: answer.model, vectors };
  };

  const complete = async (name: string, signal: AbortSignal, sharing?: Sharing): Promise<Embedding> => {
    let embedded = 0;
    let adopted: string | undefined;
    for (;;) {
      signal.throwIfAborted();
      const collection = index.find(name);
      const pending = collection === undefined ? [] : index.withoutVector(collection.id, batch);
      if (collection === undefined || pending.length === 0) {
        return { embedded, ...(collection?.embeddingModel == null ? {} : { model: collection.embeddingModel }) };
      }
      const answer = await embed(
        pending.map(({ headings, text }) => `${headings}\n${text}`.trim()),
        signal,
        sharing,
      );
      if (answer === undefined) return { embedded };
      if (answer.model !== collection.embeddingModel) {
        if (adopted !== undefined)
          throw new Error(`the embedding model changed from ${adopted} to ${answer.model} meanwhile`);
        adopted = answer.model;
        index.adoptModel(collection.id, answer.model);
      }
      const entries = pending.flatMap(({ id }, place) => {
        const vector = answer.vectors[place];
        return vector === undefined ? [] : [{ id, code: codeOf(vector), vector: bytesOf(vector) }];
      });
      index.addVectors(collection.id, entries);
      embedded += entries.length;
    }
  };

  const codesOf = (collection: CollectionState): PackedCodes => {
    const kept = packed.get(collection.id);
    if (kept?.generation === collection.generation) return kept.codes;
    const codes = packCodes(index.codes(collection.id));
    packed.set(collection.id, { generation: collection.generation, codes });
    return codes;
  };

  const ranked = (collection: CollectionState, query: Float32Array): readonly Ranked[] => {
    const near = nearestCodes(codesOf(collection), codeOf(query), candidates);
    return index
      .vectors(near)
      .map(({ id, vector }) => ({ id, score: dot(query, vectorOf(vector)) }))
      .filter(({ score }) => score > 0)
      .sort((left, right) => right.score - left.score || left.id - right.id)
      .slice(0, depth);
  };

  /** The result of `work`, or why it failed. An abort is thrown. */
  const attempt = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | Failed> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      return { embedded: 0, problem: error instanceof Error ? error.message : String(error) };
    }
  };

  return {
    /** Makes the vectors that a collection lacks; those of another model are made anew. */
    complete: (name: string, signal: AbortSignal, sharing?: Sharing): Promise<Embedding> =>
      attempt(signal, () => complete(name, signal, sharing)),

    /** The direction of a question and the model that found it; undefined when no embedding model is reachable. */
    direction: (query: string, signal: AbortSignal, sharing?: Sharing) =>
      attempt(signal, async () => {
        const answer = await embed([query], signal, sharing);
        const vector = answer?.vectors[0];
        return answer === undefined || vector === undefined ? undefined : { model: answer.model, vector };
      }),

    /** Whether a collection has every vector of this model. */
    isComplete: (collection: CollectionState, model: string): boolean =>
      collection.embeddingModel === model && index.withoutVector(collection.id, 1).length === 0,

    adopt(collection: CollectionState, model: string): void {
      if (collection.embeddingModel !== model) index.adoptModel(collection.id, model);
    },

    /** The passages nearest in meaning, best first. */
    nearest: ranked,
  };
}
