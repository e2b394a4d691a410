/** Where OpenAI's protocol is spoken: OpenAI itself, or any compatible server. */
import { TelosError } from '@telos/core';
import type { CallSite } from '../http/provider-failure.ts';
import type { ModelSettings } from '../settings.ts';

export type OpenAIEndpoint = {
  readonly baseUrl: string;
  /** OpenAI's own service, as against a compatible server. */
  readonly own: boolean;
  /** Undefined when a key is needed and none is set. */
  readonly key: string | undefined;
  /** Present only for a key that somebody set. */
  readonly secret?: string;
  readonly host: string;
};

/** Sent to compatible servers when no key is set: local ones need none, and the client insists on one. */
const placeholderKey = 'none-needed';

export function openAIEndpoint({ openai }: ModelSettings): OpenAIEndpoint {
  const named = openai?.baseUrl === '' ? undefined : openai?.baseUrl;
  const secret = openai?.apiKey === '' ? undefined : openai?.apiKey;
  const baseUrl = (named ?? 'https://api.openai.com/v1').replace(/\/+$/, '');
  const host = URL.parse(baseUrl)?.host ?? 'an address that is no URL';
  const own = host === 'api.openai.com';
  return {
    baseUrl,
    own,
    key: secret ?? (own ? undefined : placeholderKey),
    host,
    ...(secret === undefined ? {} : { secret }),
  };
}

export function openAISite(endpoint: OpenAIEndpoint, model: string, now: number): CallSite {
  return {
    ref: `openai/${model}`,
    host: endpoint.host,
    notFound: 'MODEL_UNKNOWN',
    now,
    ...(endpoint.secret === undefined ? {} : { secret: endpoint.secret }),
  };
}

export function keyMissing(model: string): TelosError {
  return new TelosError('MODEL_KEY_MISSING', `openai/${model} needs a key, and OPENAI_API_KEY is not set.`, {
    next: 'Set it (`export OPENAI_API_KEY=...`), set OPENAI_BASE_URL to a compatible server, or use `auto`.',
    details: { model: `openai/${model}`, setting: 'OPENAI_API_KEY' },
  });
}
