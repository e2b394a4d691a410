import { describe, expect, it } from 'vitest';
import { createPriceList } from './price-list.ts';
import { createOpenAIProvider } from './openai/openai-provider.ts';
import { realClock, testSchemas } from './testing/test-models.ts';

const settings = { schemas: testSchemas, clock: realClock };
const own = createOpenAIProvider({ ...settings, openai: { apiKey: 'sk-x' } }, realClock);
const local = createOpenAIProvider({ ...settings, openai: { baseUrl: 'http://127.0.0.1:1/v1' } }, realClock);

describe('the price list', () => {
  it("knows OpenAI's models, by the million tokens", async () => {
    const prices = createPriceList();
    const price = await prices.price(own, 'gpt-5.2');
    expect(price).toEqual({ input: 1.75, output: 14 });
    expect(await prices.cost(own, 'gpt-5.2', { inputTokens: 2_000, outputTokens: 1_000 })).toBeCloseTo(0.0175, 10);
  });

  it('charges cached tokens less', async () => {
    const prices = createPriceList();
    const full = await prices.cost(own, 'gpt-5.2', { inputTokens: 1000, outputTokens: 0 });
    const cached = await prices.cost(own, 'gpt-5.2', { inputTokens: 1000, outputTokens: 0, cachedTokens: 1000 });
    expect(cached).toBeLessThan(full ?? 0);
    expect(cached).toBeGreaterThan(0);
  });

  it('knows no price of a model it never heard of, nor of an unknown server', async () => {
    const prices = createPriceList();
    expect(await prices.cost(own, 'gpt-none', { inputTokens: 1, outputTokens: 1 })).toBeUndefined();
    expect(await prices.cost(local, 'gpt-5.2', { inputTokens: 1, outputTokens: 1 })).toBeUndefined();
  });

  it('charges nothing for no tokens', async () => {
    expect(await createPriceList().cost(local, 'x', { inputTokens: 0, outputTokens: 0 })).toBe(0);
  });

  it('takes counts that make no sense for an unknown price rather than failing', async () => {
    const tokens = { inputTokens: 1, outputTokens: 0, cachedTokens: 1000 };
    expect(await createPriceList().cost(own, 'gpt-5.2', tokens)).not.toBeNaN();
  });
});
