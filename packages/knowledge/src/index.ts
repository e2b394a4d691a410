// Public names of this package.
export { createKnowledge } from './knowledge.ts';
export type {
  CollectionSummary,
  IngestReport,
  Knowledge,
  KnowledgeOptions,
  Passage,
  SearchReport,
  SearchRequest,
} from './knowledge.ts';
export type { IngestProgress } from './ingest/ingest-paths.ts';
export type { Skipped } from './ingest/find-files.ts';
export { knowledgeTools } from './knowledge-tools.ts';
export { createMemoryStore } from './memory/memory.ts';
export type { MemoryStore } from './memory/memory.ts';
export { memoryTools } from './memory/memory-tools.ts';
