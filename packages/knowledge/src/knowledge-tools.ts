import { z } from 'zod';
import type { AnyTool, Tool } from '@telos/core';
import type { Knowledge } from './knowledge.ts';

const Input = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .optional()
      .describe('A folder or file of the workspace; its index is brought up to date first.'),
    collection: z.string().min(1).optional().describe('A collection filled by `telos ingest`.'),
    query: z.string().describe('A question or some words, as a person would ask.'),
    limit: z.int().min(1).max(200).default(8).describe('The most passages to return.'),
  })
  .refine(({ folder, collection }) => (folder === undefined) !== (collection === undefined), {
    message: 'give either `folder` or `collection`',
  });

const Output = z.strictObject({
  passages: z.array(
    z.strictObject({
      text: z.string(),
      source: z.string(),
      start: z.int(),
      end: z.int(),
      score: z.number(),
      heading: z.string().exactOptional(),
    }),
  ),
});

/** The tools that search a knowledge store. */
export function knowledgeTools(knowledge: Knowledge): AnyTool[] {
  const search: Tool<z.infer<typeof Input>, z.infer<typeof Output>> = {
    name: 'knowledge.search',
    description:
      'Finds the passages of a folder or collection of documents that answer a question. ' +
      'Each names its source file and the exact place in it, so it can be quoted.',
    input: Input,
    output: Output,
    effect: 'read',
    returns: ['private'],
    idempotent: true,
    spendsNothing: true,
    // The question goes to whoever makes its vector; the documents stay.
    sendsOnlyToModels: true,
    sendsTo: async () => (await knowledge.hosts()).map((host) => ({ host, model: true })),
    async run({ folder, collection = '', query, limit }, context) {
      const { passages, startedAt, ms, intake, embeddingModel, embeddingProblem } = await knowledge.search({
        ...(folder === undefined ? { collection } : { folder }),
        query,
        limit,
        signal: context.signal,
        sharing: context.sharing,
        onProgress: ({ done, total, path }) => {
          if (done % 25 === 0 || done === total) context.progress(`read ${done} of ${total} files`, { path });
        },
      });
      context.record({
        kind: 'retrieval',
        name: 'knowledge.search',
        startedAt,
        ms,
        input: { query, limit },
        attributes: {
          passages: passages.length,
          ...(intake === undefined
            ? {}
            : {
                documents_read: intake.documents,
                documents_unchanged: intake.unchanged,
                files_skipped: intake.skipped.length,
              }),
          ...(embeddingModel === undefined ? {} : { embedding_model: embeddingModel }),
          ...(embeddingProblem === undefined ? {} : { embedding_problem: embeddingProblem }),
        },
      });
      return { passages: [...passages] };
    },
  };
  return [search];
}
