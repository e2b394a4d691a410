import type { DatabaseSync } from 'node:sqlite';
import { TelosError } from '@telos/core';
import type { Clock, Instant, Models, Sharing } from '@telos/core';
import { collectionIndex } from './index-file/collection-index.ts';
import type { CollectionIndex } from './index-file/collection-index.ts';
import { indexFailure, openIndex } from './index-file/open-index.ts';
import { ingestPaths } from './ingest/ingest-paths.ts';
import type { IngestProgress, Intake } from './ingest/ingest-paths.ts';
import { editDistance, placeIn } from './ingest/workspace.ts';
import type { Workspace } from './ingest/workspace.ts';
import { fuseRanks } from './search/fuse-ranks.ts';
import { lexicalSearch } from './search/lexical-search.ts';
import type { Ranked } from './search/lexical-search.ts';
import { termsOf } from './search/query-terms.ts';
import { selectPassages } from './search/select-passages.ts';
import { vectorSearch } from './search/vector-search.ts';
import type { Embedding, VectorSearch } from './search/vector-search.ts';

/** Where a stretch of text stands, and how well it answers. */
export type Passage = {
  /** Exactly `content.slice(start, end)` of the source. */
  readonly text: string;
  /** The file, relative to the workspace; with `#extracted-text` where offsets count in text taken out of HTML. */
  readonly source: string;
  /** In UTF-16 units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** In (0, 1], relative to the best match of the same search: it orders, it does not measure. */
  readonly score: number;
  /** The headings that it stands under, outermost first, joined by ` > `. */
  readonly heading?: string;
};

export type IngestReport = Intake & {
  /** Passages that were given vectors. */
  readonly embedded: number;
  /** The model that made them; absent when none is reachable. */
  readonly embeddingModel?: string;
  /** Why vectors could not be made although a model was there. */
  readonly embeddingProblem?: string;
};

export type SearchRequest = {
  readonly query: string;
  /** 1 to 200; 8 when absent. */
  readonly limit?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: IngestProgress;
  /** Of the calls to the embedding model. */
  readonly sharing?: Sharing | undefined;
} & ({ readonly folder: string } | { readonly collection: string });

export type SearchReport = {
  /** Best first. Empty when nothing matches. */
  readonly passages: readonly Passage[];
  readonly startedAt: Instant;
  readonly ms: number;
  /** The embedding model that took part; absent when the words alone decided. */
  readonly embeddingModel?: string;
  readonly embeddingProblem?: string;
  /** What a folder search did to bring its index up to date. */
  readonly intake?: Intake;
};

export type CollectionSummary = {
  readonly name: string;
  readonly documents: number;
  readonly passages: number;
  readonly embeddingModel?: string;
};

export interface Knowledge {
  /**
   * Brings a collection up to date with files and folders of the workspace; twice in a row costs almost nothing.
   * @throws TelosError KNOWLEDGE_NAME_INVALID, KNOWLEDGE_FOLDER_MISSING, KNOWLEDGE_OUTSIDE_WORKSPACE, KNOWLEDGE_INDEX_DAMAGED,
   *   KNOWLEDGE_INDEX_BUSY, STORE_FULL. An abort keeps what was read so far.
   */
  ingest(
    collection: string,
    paths: readonly string[],
    signal: AbortSignal,
    onProgress?: IngestProgress,
  ): Promise<IngestReport>;
  /**
   * Finds passages. A folder is ingested first, into a collection of its own.
   * @throws TelosError what `ingest` throws; KNOWLEDGE_QUERY_EMPTY, KNOWLEDGE_COLLECTION_MISSING (with the nearest names).
   */
  search(request: SearchRequest): Promise<SearchReport>;
  collections(): Promise<readonly CollectionSummary[]>;
  /** Who is sent a question for its vector; nobody, where words alone are compared or the model is in this process. */
  hosts(): Promise<readonly string[]>;
  /** Ends after what is under way. Further calls throw KNOWLEDGE_INDEX_BUSY. */
  close(): Promise<void>;
}

export type KnowledgeOptions = {
  /** The SQLite file, made on first use; `:memory:` keeps nothing. */
  readonly path: string;
  /** The only folder whose files are read. */
  readonly workspace: string;
  /** Whether a file of the workspace, by its real path, is left out all the same; default none. */
  readonly isWithheld?: (real: string) => boolean;
  readonly models: Models;
  readonly clock: Clock;
};

const collectionName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** Nothing is opened until the first call. */
export function createKnowledge({ path, workspace, isWithheld, models, clock }: KnowledgeOptions): Knowledge {
  const files: Workspace = { folder: workspace, isWithheld: isWithheld ?? (() => false) };
  type Opened = { readonly database: DatabaseSync; readonly index: CollectionIndex; readonly vectors: VectorSearch };
  let state: 'new' | Opened | 'closed' = 'new';
  const underWay = new Set<Promise<unknown>>();
  /** The last change to each collection. */
  const tails = new Map<string, Promise<unknown>>();

  const opened = (): Opened => {
    if (state === 'closed') throw new TelosError('KNOWLEDGE_INDEX_BUSY', 'The search index has been closed.');
    if (state === 'new') {
      const database = openIndex(path);
      const index = collectionIndex(database);
      state = { database, index, vectors: vectorSearch(index, models) };
    }
    return state;
  };

  /** Counts as under way for `close`, and names what is wrong with the file. */
  const during = async <T>(work: (parts: Opened) => Promise<T>): Promise<T> => {
    const result = (async () => work(opened()))();
    const settled = result.catch(() => undefined);
    underWay.add(settled);
    try {
      return await result;
    } catch (error) {
      throw indexFailure(error);
    } finally {
      underWay.delete(settled);
    }
  };

  /** One at a time may change a collection. */
  const inTurn = <T>(collection: string, work: () => Promise<T>): Promise<T> => {
    const turn = (tails.get(collection) ?? Promise.resolve()).then(work);
    const tail = turn.then(
      () => undefined,
      () => undefined,
    );
    tails.set(collection, tail);
    return turn.finally(() => {
      if (tails.get(collection) === tail) tails.delete(collection);
    });
  };

  /** The passages nearest to the question, once the collection has every vector of the model that placed it. */
  const byMeaning = async (
    { index, vectors }: Opened,
    name: string,
    query: string,
    signal: AbortSignal,
    sharing?: Sharing,
  ): Promise<{ readonly hits: readonly Ranked[]; readonly embedding: Embedding }> => {
    const direction = await vectors.direction(query, signal, sharing);
    if (direction === undefined) return { hits: [], embedding: { embedded: 0 } };
    if ('problem' in direction) return { hits: [], embedding: { embedded: 0, problem: direction.problem } };
    const embedding = await inTurn(name, async (): Promise<Embedding> => {
      const collection = index.find(name);
      if (collection === undefined || vectors.isComplete(collection, direction.model)) {
        return { embedded: 0, model: direction.model };
      }
      vectors.adopt(collection, direction.model);
      return vectors.complete(name, signal, sharing);
    });
    const collection = index.find(name);
    const usable = collection !== undefined && embedding.problem === undefined;
    return { hits: usable ? vectors.nearest(collection, direction.vector) : [], embedding };
  };

  return {
    ingest: (collection, paths, signal, onProgress) =>
      during(async ({ index, vectors }) => {
        if (!collectionName.test(collection)) {
          throw new TelosError('KNOWLEDGE_NAME_INVALID', `"${collection}" cannot be the name of a collection.`);
        }
        return inTurn(collection, async () => {
          const intake = await ingestPaths(index, files, collection, paths, signal, onProgress);
          const embedding = await vectors.complete(collection, signal);
          return { ...intake, embedded: embedding.embedded, ...embeddingFields(embedding) };
        });
      }),

    search: (request) =>
      during(async (parts) => {
        const { index } = parts;
        const startedAt = clock.now();
        const { query, signal, limit = 8 } = request;
        if (termsOf(query).length === 0) {
          throw new TelosError(
            'KNOWLEDGE_QUERY_EMPTY',
            `The query "${query.slice(0, 80)}" holds no word to search for.`,
          );
        }
        signal.throwIfAborted();
        const name = 'folder' in request ? await folderCollection(workspace, request.folder) : request.collection;
        const intake =
          'folder' in request
            ? await inTurn(name, () => ingestPaths(index, files, name, [request.folder], signal, request.onProgress))
            : undefined;
        const collection = index.find(name);
        if (collection === undefined) throw missingCollection(name, index.names());
        const meaning = await byMeaning(parts, name, query, signal, request.sharing);
        const fused = fuseRanks([lexicalSearch(index, collection.id, query), meaning.hits]);
        return {
          passages: chosenPassages(index, fused, Math.min(200, Math.max(1, Math.trunc(limit)))),
          startedAt,
          ms: clock.now() - startedAt,
          ...embeddingFields(meaning.embedding),
          ...(intake === undefined ? {} : { intake }),
        };
      }),

    collections: () =>
      during(async ({ index }) =>
        index.summaries().map(({ name, documents, passages, embeddingModel }) => ({
          name,
          documents,
          passages,
          ...(embeddingModel === null ? {} : { embeddingModel }),
        })),
      ),

    hosts: async () => (await models.hosts?.('embedding')) ?? [],
    close: async () => {
      await Promise.all(underWay);
      if (typeof state === 'object') state.database.close();
      state = 'closed';
    },
  };
}

/** The collection that holds a folder; its name cannot be given to `ingest`, so nobody else writes to it. */
async function folderCollection(workspace: string, folder: string): Promise<string> {
  const place = await placeIn(workspace, folder);
  return `folder:${place.name === '' ? '.' : place.name}`;
}

function chosenPassages(
  index: CollectionIndex,
  ranked: readonly { readonly id: number; readonly score: number }[],
  limit: number,
): readonly Passage[] {
  const stored = new Map(index.passages(ranked.map(({ id }) => id)).map((passage) => [passage.id, passage]));
  const candidates = ranked.flatMap(({ id, score }) => {
    const passage = stored.get(id);
    return passage === undefined ? [] : [{ ...passage, score }];
  });
  return selectPassages(candidates, limit).map(({ text, source, start, end, score, headings }) => ({
    text,
    source,
    start,
    end,
    score: Math.round(score * 10_000) / 10_000,
    ...(headings === '' ? {} : { heading: headings }),
  }));
}

function embeddingFields({ model, problem }: Embedding): Pick<SearchReport, 'embeddingModel' | 'embeddingProblem'> {
  return {
    ...(model === undefined ? {} : { embeddingModel: model }),
    ...(problem === undefined ? {} : { embeddingProblem: problem }),
  };
}

function missingCollection(name: string, names: readonly string[]): TelosError {
  const near = names
    .filter((other) => !other.startsWith('folder:'))
    .sort((left, right) => editDistance(name, left) - editDistance(name, right))
    .slice(0, 3);
  const hint = near.length === 0 ? ' There are no collections yet.' : ` There are: ${near.join(', ')}.`;
  return new TelosError('KNOWLEDGE_COLLECTION_MISSING', `There is no collection "${name}".${hint}`, {
    details: { collection: name, near },
  });
}
