/** `offline/*`: what needs no key, no download and no network. */
import { TelosError } from '@telos/core';
import type { CreateProvider } from '../provider.ts';

const offlineModel = 'extractive';
const note = 'Built in, no weights: answers with sentences quoted from its sources, and writes none of its own.';

export const createOfflineProvider: CreateProvider = ({ schemas }) => {
  const unknown = (model: string): TelosError =>
    new TelosError('MODEL_UNKNOWN', `offline/${model} does not exist: the only one is offline/${offlineModel}.`, {
      details: { model: `offline/${model}` },
    });
  return {
    name: 'offline',
    pricing: 'free',
    chat: (model) => ({
      ref: `offline/${model}`,
      async *stream(request, signal) {
        // An error of the stream, like every other reason that a model cannot answer.
        if (model !== offlineModel) throw unknown(model);
        const { extractiveAnswer } = await import('./extractive-answer.ts');
        yield* extractiveAnswer(request, schemas, signal);
      },
    }),
    problem: async (model) => (model === offlineModel ? undefined : unknown(model)),
    defaultChat: async () => offlineModel,
    defaultEmbedding: async () => undefined,
    embed: async (model) => {
      throw unknown(model);
    },
    list: async () => [{ ref: `offline/${offlineModel}`, provider: 'offline', kind: 'chat', available: true, note }],
  };
};
