import { createOfflineProvider } from './offline/offline-provider.ts';
import { createOllamaProvider } from './ollama/ollama-provider.ts';
import { createOpenAIProvider } from './openai/openai-provider.ts';
import type { CreateProvider } from './provider.ts';

/** Every provider there is by its name, in the order in which `auto` asks them. A new one is a folder and a line here. */
export const providers: { readonly [name: string]: CreateProvider } = {
  openai: createOpenAIProvider,
  ollama: createOllamaProvider,
  offline: createOfflineProvider,
};

export const providerNames: readonly string[] = Object.keys(providers);
