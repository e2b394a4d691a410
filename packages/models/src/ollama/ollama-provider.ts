/** `ollama/*`: models of an Ollama, local or not. */
import { TelosError } from '@telos/core';
import type { Ollama } from 'ollama';
import { withDeadline } from '../http/deadline.ts';
import { tracedFetch } from '../http/traced-fetch.ts';
import { providerFailure } from '../http/provider-failure.ts';
import { modelKind } from '../model-kind.ts';
import type { CreateProvider } from '../provider.ts';
import { remember } from '../remember.ts';
import { ollamaFetch } from './ollama-fetch.ts';
import { ollamaSite, ollamaUrl } from './ollama-host.ts';

const listMs = 2000;
const rememberMs = 30_000;

type Installed = { readonly name: string; readonly kind: 'chat' | 'embedding' | 'other' };

export const createOllamaProvider: CreateProvider = (settings, clock) => {
  const baseUrl = ollamaUrl(settings.ollama?.host);

  const client = async (signal: AbortSignal): Promise<Ollama> => {
    const { Ollama } = await import('ollama');
    return new Ollama({ host: baseUrl, fetch: tracedFetch(ollamaFetch(signal), settings.traceparent?.()) });
  };

  /** What is installed, or why that cannot be told. */
  const installed = remember(clock, rememberMs, async (): Promise<readonly Installed[] | TelosError> => {
    try {
      const { models } = await withDeadline(clock, listMs, async (signal) => (await client(signal)).list());
      return models.map(({ name, details }) => ({
        name: name.replace(/:latest$/, ''),
        kind: /bert/i.test(details.family ?? '') ? 'embedding' : modelKind(name),
      }));
    } catch (error) {
      return providerFailure(error, { ...ollamaSite(baseUrl, '*', clock.now()), ref: 'Ollama' });
    }
  });
  const firstInstalled = async (kind: Installed['kind']): Promise<string | undefined> => {
    const models = await installed();
    return models instanceof TelosError ? undefined : models.find((model) => model.kind === kind)?.name;
  };

  return {
    name: 'ollama',
    host: URL.parse(baseUrl)?.host ?? baseUrl,
    pricing: 'free',

    chat: (model) => ({
      ref: `ollama/${model}`,
      async *stream(request, signal) {
        const { ollamaAnswer } = await import('./ollama-answer.ts');
        const traceparent = settings.traceparent?.();
        yield* ollamaAnswer({ baseUrl, model, clock, traceparent }, request, signal);
      },
    }),

    async problem(model) {
      const models = await installed();
      if (models instanceof TelosError) return models;
      if (models.some(({ name }) => name === model.replace(/:latest$/, ''))) return undefined;
      const { host, ref } = ollamaSite(baseUrl, model, clock.now());
      return new TelosError('MODEL_NOT_INSTALLED', `${ref} is not installed at ${host}.`, {
        next: `Install it with \`ollama pull ${model}\`.`,
        details: { model: ref, host, installed: models.map(({ name }) => name).slice(0, 20) },
      });
    },

    defaultChat: () => firstInstalled('chat'),
    async unreached() {
      if (settings.ollama?.host === undefined) return undefined;
      const models = await installed();
      if (models instanceof TelosError) return models.message;
      return models.some(({ kind }) => kind === 'chat') ? undefined : 'no chat model is installed.';
    },
    defaultEmbedding: () => firstInstalled('embedding'),

    async embed(model, texts, signal) {
      try {
        const answer = await (await client(signal)).embed({ model, input: [...texts] });
        return { vectors: answer.embeddings, inputTokens: answer.prompt_eval_count ?? 0 };
      } catch (error) {
        signal.throwIfAborted();
        throw providerFailure(error, ollamaSite(baseUrl, model, clock.now()));
      }
    },

    async list() {
      const models = await installed();
      if (models instanceof TelosError) {
        return [{ ref: 'ollama/*', provider: 'ollama', kind: 'chat', available: false, note: models.message }];
      }
      return models.flatMap(({ name, kind }) =>
        kind === 'other' ? [] : [{ ref: `ollama/${name}`, provider: 'ollama', kind, available: true }],
      );
    },
  };
};
