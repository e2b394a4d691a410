import type { CatalogEntry } from './entry.ts';

/** What a model or its provider can answer. */
export const modelsErrors = {
  MODEL_KEY_MISSING: {
    kind: 'terminal',
    title: 'The model needs a key and none is set',
    next: 'Set OPENAI_API_KEY, or OPENAI_BASE_URL for a compatible server, or choose another model.',
  },
  MODEL_KEY_INVALID: {
    kind: 'terminal',
    title: 'The provider refused the key',
    next: 'Check that the key is current, belongs to this host and may use this model.',
  },
  MODEL_UNKNOWN: {
    kind: 'terminal',
    title: 'There is no such model',
    next: 'List what can be called with `telos models`.',
  },
  MODEL_NOT_INSTALLED: {
    kind: 'terminal',
    title: 'The model is not installed',
    next: 'Install it with `ollama pull <name>`.',
  },
  MODEL_RATE_LIMITED: {
    kind: 'retryable',
    title: 'The provider asks to slow down',
    next: 'It is tried again after the pause asked for; lower `max_parallel` if it recurs.',
  },
  MODEL_UNAVAILABLE: {
    kind: 'retryable',
    title: 'The model cannot be reached, or broke off',
    next: 'Check that the host runs and is reachable; name a `fallback` model for such times.',
  },
  MODEL_TIMEOUT: {
    kind: 'retryable',
    title: 'The model did not answer in time',
    next: 'Try again, shorten the prompt, or choose a quicker model.',
  },
  MODEL_REFUSED: {
    kind: 'terminal',
    title: 'The model refused to answer',
    next: "Read the model's reason; change the prompt or choose another model.",
  },
  MODEL_REQUEST_INVALID: {
    kind: 'terminal',
    title: 'The provider rejected the request',
    next: "Read the provider's message: the prompt may be too long, or a setting not supported by this model.",
  },
} as const satisfies Record<string, CatalogEntry>;
