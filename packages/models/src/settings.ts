import type { Clock, Limiter, Schemas } from '@telos/core';
import type { RateLimits } from './rate-limits/rate-limits.ts';

/** US dollars for a million tokens. */
export type Price = { readonly input: number; readonly output: number };

/** What the composition root knows about models. Empty strings count as absent. */
export type ModelSettings = {
  readonly openai?:
    | {
        readonly apiKey?: string | undefined;
        /** Of any server that speaks OpenAI's chat completions; usually ends with `/v1`. Absent: OpenAI's own. */
        readonly baseUrl?: string | undefined;
      }
    | undefined;
  /** Absent: Ollama's usual place, `127.0.0.1:11434`. */
  readonly ollama?: { readonly host?: string | undefined } | undefined;
  readonly defaults?:
    | {
        /** What `auto` means, `provider/model`; absent: what is reachable, in the order of the providers. */
        readonly chat?: string | undefined;
        /** The embedding model, `provider/model`; absent: what is reachable. */
        readonly embedding?: string | undefined;
      }
    | undefined;
  /** Prices by `provider/model`; they go before the built-in table. */
  readonly prices?: { readonly [ref: string]: Price };
  /** What a minute allows, and who keeps count of it, for this process or for several. Absent: calls are made at once. */
  readonly rateLimits?: { readonly limits: RateLimits; readonly limiter: Limiter } | undefined;
  /** How long a model may send nothing before the call is given up with MODEL_TIMEOUT; default 300,000. */
  readonly silenceMs?: number;
  /** W3C trace context of the step under way: requests to models carry it. Absent: none does. */
  readonly traceparent?: () => string | undefined;
  readonly schemas: Schemas;
  readonly clock: Clock;
};
