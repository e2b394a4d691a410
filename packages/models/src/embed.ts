import { addUsage, noUsage, TelosError } from '@telos/core';
import type { Clock, Embedding, Sharing } from '@telos/core';
import { estimateTokens } from './estimate-tokens.ts';
import type { PriceList } from './price-list.ts';
import type { Provider } from './provider.ts';
import type { Admit } from './rate-limits/admission.ts';
import type { ResolvedModel, ResolveModel } from './resolve-model.ts';

/** Texts in one request. */
const batchSize = 96;

export type EmbedSettings = {
  readonly providers: readonly Provider[];
  readonly resolve: ResolveModel;
  readonly admit: Admit;
  /** `provider/model`; undefined: the first provider that has one. */
  readonly model: string | undefined;
  readonly prices: PriceList;
  readonly clock: Clock;
};

/** Vectors of all texts, in order, in batches one after the other; undefined when no embedding model is reachable. */
export async function embed(
  settings: EmbedSettings,
  texts: readonly string[],
  signal: AbortSignal,
  sharing?: Sharing,
): Promise<Embedding | undefined> {
  const target = await embeddingModel(settings);
  if (target === undefined) return undefined;
  const vectors: Float32Array[] = [];
  let usage = noUsage;
  for (let start = 0; start < texts.length; start += batchSize) {
    signal.throwIfAborted();
    const asked = texts.slice(start, start + batchSize);
    const most = asked.reduce((sum, text) => sum + estimateTokens(text), 0);
    const admitted = await settings.admit(target, most, signal, sharing);
    const startedAt = settings.clock.now();
    const batch = await target.provider.embed(target.model, asked, signal).catch((error: unknown) => {
      admitted.settle(0);
      throw error;
    });
    admitted.settle(batch.inputTokens);
    if (batch.vectors.length !== asked.length) {
      throw new TelosError(
        'MODEL_UNAVAILABLE',
        `${target.ref} gave ${batch.vectors.length} vectors for a batch of texts.`,
      );
    }
    vectors.push(...batch.vectors.map((vector) => Float32Array.from(vector)));
    const tokens = { inputTokens: batch.inputTokens, outputTokens: 0 };
    const usd = (await settings.prices.cost(target.provider, target.model, tokens)) ?? 0;
    const ms = settings.clock.now() - startedAt;
    usage = addUsage(usage, { input_tokens: batch.inputTokens, output_tokens: 0, usd, ms, calls: 1 });
  }
  return { model: target.ref, vectors, usage };
}

/** The model that vectors are asked of; undefined when none is reachable. */
export async function embeddingModel(
  settings: Pick<EmbedSettings, 'providers' | 'resolve' | 'model'>,
): Promise<ResolvedModel | undefined> {
  if (settings.model !== undefined) return settings.resolve(settings.model);
  for (const provider of settings.providers) {
    const model = await provider.defaultEmbedding();
    if (model !== undefined) return { ref: `${provider.name}/${model}`, provider, model };
  }
  return undefined;
}
