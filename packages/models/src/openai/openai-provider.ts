/** `openai/*`: OpenAI, or any server that speaks its chat completions. */
import type { ModelInfo } from '@telos/core';
import { z } from 'zod';
import { withDeadline } from '../http/deadline.ts';
import { orHttpFailure } from '../http/http-failure.ts';
import { tracedFetch } from '../http/traced-fetch.ts';
import { providerFailure } from '../http/provider-failure.ts';
import { modelKind } from '../model-kind.ts';
import type { CreateProvider } from '../provider.ts';
import { remember } from '../remember.ts';
import type { RejectedFields } from './openai-answer.ts';
import { keyMissing, openAIEndpoint, openAISite } from './openai-endpoint.ts';

/** What `auto` takes at OpenAI itself. A compatible server is asked what it has. */
const ownChat = 'gpt-5.4-mini';
const ownEmbedding = 'text-embedding-3-small';

const listMs = 3000;
const rememberMs = 30_000;

const Listing = z.object({ data: z.array(z.object({ id: z.string() })) });
const Embedded = z.object({
  data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })),
  usage: z.object({ prompt_tokens: z.number() }).optional(),
});

export const createOpenAIProvider: CreateProvider = (settings, clock) => {
  const endpoint = openAIEndpoint(settings);
  const configured = !endpoint.own || endpoint.secret !== undefined;
  const unlisted = `${endpoint.host} did not list its models.`;
  const rejected: RejectedFields = new Map();

  const call = async (path: string, init: RequestInit): Promise<unknown> => {
    const headers = { authorization: `Bearer ${endpoint.key ?? ''}`, 'content-type': 'application/json' };
    const send = tracedFetch(fetch, settings.traceparent?.());
    const response = await orHttpFailure(await send(`${endpoint.baseUrl}${path}`, { ...init, headers }));
    return response.json();
  };

  /** Names of the models that the server lists; undefined when it cannot be asked. */
  const listed = remember(clock, rememberMs, async () => {
    try {
      return await withDeadline(clock, listMs, async (signal) =>
        Listing.parse(await call('/models', { signal })).data.map(({ id }) => id),
      );
    } catch {
      return undefined;
    }
  });
  const firstListed = async (kind: 'chat' | 'embedding'): Promise<string | undefined> =>
    (await listed())?.find((name) => modelKind(name) === kind);

  return {
    name: 'openai',
    host: endpoint.host,
    pricing: endpoint.own ? { providerId: 'openai' } : { providerApiUrl: endpoint.baseUrl },

    chat: (model) => ({
      ref: `openai/${model}`,
      async *stream(request, signal) {
        const { openAIAnswer } = await import('./openai-answer.ts');
        const traceparent = settings.traceparent?.();
        yield* openAIAnswer({ endpoint, model, rejected, clock, traceparent }, request, signal);
      },
    }),

    problem: async (model) => (endpoint.key === undefined ? keyMissing(model) : undefined),

    async defaultChat() {
      if (!configured) return undefined;
      return endpoint.own ? ownChat : firstListed('chat');
    },

    async unreached() {
      if (!configured || endpoint.own || (await firstListed('chat')) !== undefined) return undefined;
      return (await listed()) === undefined ? unlisted : `${endpoint.host} lists no chat model.`;
    },

    async defaultEmbedding() {
      if (!configured) return undefined;
      return endpoint.own ? ownEmbedding : firstListed('embedding');
    },

    async embed(model, texts, signal) {
      if (endpoint.key === undefined) throw keyMissing(model);
      try {
        const body = JSON.stringify({ model, input: texts, encoding_format: 'float' });
        const { data, usage } = Embedded.parse(await call('/embeddings', { method: 'POST', body, signal }));
        const vectors = data.toSorted((left, right) => left.index - right.index).map(({ embedding }) => embedding);
        return { vectors, inputTokens: usage?.prompt_tokens ?? 0 };
      } catch (error) {
        signal.throwIfAborted();
        throw providerFailure(error, openAISite(endpoint, model, clock.now()));
      }
    },

    async list() {
      const info = (name: string, kind: 'chat' | 'embedding', available: boolean, note?: string): ModelInfo => ({
        ref: `openai/${name}`,
        provider: 'openai',
        kind,
        available,
        ...(note === undefined ? {} : { note }),
      });
      if (!configured) {
        const note = 'Set OPENAI_API_KEY, or OPENAI_BASE_URL for a compatible server.';
        return [info(ownChat, 'chat', false, note), info(ownEmbedding, 'embedding', false, note)];
      }
      const names = await listed();
      if (names !== undefined) {
        return names.flatMap((name) => {
          const kind = modelKind(name);
          return kind === 'other' ? [] : [info(name, kind, true)];
        });
      }
      return endpoint.own ? [info(ownChat, 'chat', true, unlisted)] : [info('*', 'chat', false, unlisted)];
    },
  };
};
