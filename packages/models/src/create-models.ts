import { TelosError } from '@telos/core';
import type { ModelInfo, Models, ModelSpec } from '@telos/core';
import { estimatePromptTokens, usualAnswer } from './estimate-tokens.ts';
import { createPriceList } from './price-list.ts';
import { providers as everyProvider } from './providers.ts';
import { admitAll, createAdmission } from './rate-limits/admission.ts';
import { createResolver } from './resolve-model.ts';
import type { ResolvedModel } from './resolve-model.ts';
import type { ModelSettings } from './settings.ts';

/** All models of all providers behind one port. Reads no environment, opens no connection, and loads what answers only when it is asked. */
export function createModels(settings: ModelSettings): Models {
  const { clock, schemas, silenceMs = 300_000 } = settings;
  const providers = Object.values(everyProvider).map((create) => create(settings, clock));
  const prices = createPriceList(settings.prices);
  const resolve = createResolver(providers, present(settings.defaults?.chat));
  const { rateLimits } = settings;
  const admit = rateLimits === undefined ? admitAll : createAdmission({ ...rateLimits, clock });
  const embedSettings = { providers, resolve, admit, model: present(settings.defaults?.embedding), prices, clock };

  const problemOf = async (ref: string): Promise<TelosError | undefined> => {
    try {
      const { provider, model } = await resolve(ref);
      return await provider.problem(model);
    } catch (error) {
      if (error instanceof TelosError) return error;
      throw error;
    }
  };

  return {
    async generate(request, context) {
      const { generate } = await import('./generate/generate.ts');
      return generate({ clock, schemas, prices, silenceMs, resolve, admit }, request, context);
    },
    async estimate({ model, messages, maxTokens = usualAnswer }) {
      const input_tokens = estimatePromptTokens(messages);
      let usd = 0;
      for (const ref of typeof model === 'string' ? [model] : model.fallback) {
        const target = await resolve(ref).catch(() => undefined);
        const price = target === undefined ? undefined : await prices.price(target.provider, target.model);
        if (price === undefined) continue;
        usd = Math.max(usd, (input_tokens * price.input + maxTokens * price.output) / 1e6);
      }
      return { input_tokens, output_tokens: maxTokens, usd, ms: 0, calls: 1 };
    },
    async embed(texts, signal, sharing) {
      const { embed } = await import('./embed.ts');
      return embed(embedSettings, texts, signal, sharing);
    },

    async problem(model: ModelSpec) {
      if (typeof model === 'string') return problemOf(model);
      // A fallback has a problem when each of its models has one; the first is what to mend.
      let first: TelosError | undefined;
      for (const ref of model.fallback) {
        const problem = await problemOf(ref);
        if (problem === undefined) return undefined;
        first ??= problem;
      }
      return first ?? new TelosError('MODEL_UNKNOWN', 'The list of models to fall back on is empty.');
    },

    async hosts(use) {
      if (use === 'embedding') {
        const { embeddingModel } = await import('./embed.ts');
        return hostsOf([await embeddingModel(embedSettings)]);
      }
      const refs = typeof use.chat === 'string' ? [use.chat] : use.chat.fallback;
      return hostsOf(await Promise.all(refs.map(resolve)));
    },

    async list() {
      const lists = await Promise.all(
        providers.map(async (provider) => {
          const infos = await provider.list();
          return Promise.all(
            infos.map(async (info): Promise<ModelInfo> => {
              const price = await prices.price(provider, info.ref.slice(provider.name.length + 1));
              return price === undefined ? info : { ...info, price };
            }),
          );
        }),
      );
      return lists.flat();
    },
  };
}

function hostsOf(models: readonly (ResolvedModel | undefined)[]): readonly string[] {
  return [...new Set(models.flatMap((model) => model?.provider.host ?? []))];
}

function present(setting: string | undefined): string | undefined {
  return setting === '' ? undefined : setting;
}
