import type { CatalogEntry } from './entry.ts';

/** What ingesting and searching documents can meet. */
export const knowledgeErrors = {
  MEMORY_UNAVAILABLE: {
    kind: 'retryable',
    title: 'What runs have remembered cannot be read or written',
    next: 'Look at `memory.db` in TELOS_HOME: whether it can be written, and is a database of Telos.',
  },
  KNOWLEDGE_FOLDER_MISSING: {
    kind: 'terminal',
    title: 'There is no such folder or file to search',
    next: 'Correct the path; it is relative to the workspace.',
  },
  KNOWLEDGE_OUTSIDE_WORKSPACE: {
    kind: 'terminal',
    title: 'The path leads out of the workspace',
    next: 'Name a path inside the workspace, or copy the documents into it; links that lead out are not followed.',
  },
  KNOWLEDGE_COLLECTION_MISSING: {
    kind: 'terminal',
    title: 'There is no collection of this name',
    next: 'Fill it with `telos ingest <collection> <path>`, or search a folder.',
  },
  KNOWLEDGE_NAME_INVALID: {
    kind: 'terminal',
    title: 'This cannot be the name of a collection',
    next: 'Use letters, digits, `_`, `-` and `.`, at most 64, beginning with a letter or digit.',
  },
  KNOWLEDGE_QUERY_EMPTY: {
    kind: 'terminal',
    title: 'The query holds no word to search for',
    next: 'Ask with at least one word or number.',
  },
  KNOWLEDGE_INDEX_DAMAGED: {
    kind: 'terminal',
    title: 'The search index cannot be read',
    next: 'Remove knowledge.db: it is built anew from the documents. The documents themselves were not touched.',
  },
  KNOWLEDGE_INDEX_BUSY: {
    kind: 'retryable',
    title: 'The search index cannot be opened or written now',
    next: 'Wait until the other process has finished, and check that the file may be written.',
  },
} as const satisfies Record<string, CatalogEntry>;
