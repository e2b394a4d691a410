import { createOfflineProvider } from './offline/offline-provider.ts';
import { createOllamaProvider } from './ollama/ollama-provider.ts';
import { createOpenAIProvider } from './openai/openai-provider.ts';
import type { CreateProvider } from './provider.ts';

/** Every provider there is, in the order in which `auto` asks them. A new one is a folder and a line here. */
export const providers: readonly CreateProvider[] = [createOpenAIProvider, createOllamaProvider, createOfflineProvider];
