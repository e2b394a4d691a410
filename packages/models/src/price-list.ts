/**
 * What calls cost: the settings' own prices first, then the table of
 * @pydantic/genai-prices, which is loaded when a price is first asked for.
 */
import type { Provider } from './provider.ts';
import type { Price } from './settings.ts';

export type TokenCounts = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens?: number;
};

export type PriceList = {
  /** US dollars; undefined when no price is known. Never rejects. */
  cost(provider: Provider, model: string, tokens: TokenCounts): Promise<number | undefined>;
  /** Undefined when no price is known. */
  price(provider: Provider, model: string): Promise<Price | undefined>;
};

export function createPriceList(own: { readonly [ref: string]: Price } = {}): PriceList {
  const ownPrice = (provider: Provider, model: string): Price | undefined =>
    own[`${provider.name}/${model}`] ?? (provider.pricing === 'free' ? { input: 0, output: 0 } : undefined);

  const fromTable = async (provider: Provider, model: string, tokens: TokenCounts): Promise<number | undefined> => {
    if (provider.pricing === 'free' || tokens.inputTokens + tokens.outputTokens === 0) return 0;
    const { calcPrice } = await import('@pydantic/genai-prices');
    const usage = {
      input_tokens: tokens.inputTokens,
      output_tokens: tokens.outputTokens,
      ...(tokens.cachedTokens === undefined ? {} : { cache_read_tokens: tokens.cachedTokens }),
    };
    try {
      return calcPrice(usage, model, { ...provider.pricing })?.total_price;
    } catch {
      // A count that the table cannot place, for example more cached tokens than tokens.
      return undefined;
    }
  };

  return {
    async cost(provider, model, tokens) {
      const price = ownPrice(provider, model);
      if (price === undefined) return fromTable(provider, model, tokens);
      return (tokens.inputTokens * price.input + tokens.outputTokens * price.output) / 1_000_000;
    },
    async price(provider, model) {
      const price = ownPrice(provider, model);
      if (price !== undefined) return price;
      // A thousand tokens, so that the prices of the lowest tier show.
      const input = await fromTable(provider, model, { inputTokens: 1000, outputTokens: 0 });
      const output = await fromTable(provider, model, { inputTokens: 0, outputTokens: 1000 });
      return input === undefined || output === undefined ? undefined : { input: input * 1000, output: output * 1000 };
    },
  };
}
