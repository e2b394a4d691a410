/** `offline/*`: what needs no key, no download and no network. */
import { TelosError } from '@telos/core';
import type { CreateProvider } from '../provider.ts';
import { createOfflineChatModel, offlineModel } from './offline-chat-model.ts';

const note = 'Built in, no weights: answers with sentences quoted from its sources, and writes none of its own.';

export const createOfflineProvider: CreateProvider = ({ schemas }) => {
  const unknown = (model: string): TelosError =>
    new TelosError('MODEL_UNKNOWN', `offline/${model} does not exist: the only one is offline/${offlineModel}.`, {
      details: { model: `offline/${model}` },
    });
  return {
    name: 'offline',
    pricing: 'free',
    chat(model) {
      if (model === offlineModel) return createOfflineChatModel(schemas);
      // An error of the stream, like every other reason that a model cannot answer.
      return { ref: `offline/${model}`, stream: () => failingStream(unknown(model)) };
    },
    problem: async (model) => (model === offlineModel ? undefined : unknown(model)),
    defaultChat: async () => offlineModel,
    defaultEmbedding: async () => undefined,
    embed: async (model) => {
      throw unknown(model);
    },
    list: async () => [{ ref: `offline/${offlineModel}`, provider: 'offline', kind: 'chat', available: true, note }],
  };
};

// oxlint-disable-next-line require-yield -- it fails before its first part
async function* failingStream(error: TelosError): AsyncGenerator<never> {
  throw error;
}
