import type { LogSettings } from '../log/log.ts';
import type { Address } from '@telos/driver-bullmq/address';
import type { RetentionPolicy } from '@telos/executor';
import type { SharedDefinitions } from '@telos/language';
import type { RateLimits } from '@telos/models';

/** Everything that can be set, complete and checked. Frozen. */
export type Config = {
  /** Absolute; holds the database and the collections. May not exist yet. */
  readonly home: string;
  readonly database:
    | { readonly kind: 'sqlite'; /** Absolute, or `:memory:`. */ readonly path: string }
    | { readonly kind: 'postgres'; /** With its password. */ readonly url: string };
  readonly queue: { readonly kind: 'local' } | { readonly kind: 'shared'; readonly address: Address };
  readonly durability: 'full' | 'normal';
  /** Of processes that stay. */
  readonly log: LogSettings;
  /** Empty: runs are kept for ever. */
  readonly retention: RetentionPolicy;
  /** As written: keys separated by commas. Absent: the API is open to this machine alone. */
  readonly apiKeys?: string;
  /** Requests a minute of each key, or of each address where there are none; absent: as many as come. */
  readonly apiRate?: number;
  /** Proxies before the API whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[];
  readonly openai: { readonly apiKey?: string; readonly baseUrl?: string };
  readonly ollama: { readonly host?: string };
  readonly search: { readonly searxngUrl?: string; readonly braveKey?: string; readonly tavilyKey?: string };
  /** The collector of traces; absent: none. */
  readonly otlp?: {
    readonly url: string;
    readonly headers: { readonly [name: string]: string };
    readonly serviceName: string;
  };
  /** Folders that workflows may write to, relative to the one that Telos was started in. */
  readonly writable: readonly string[];
  /** Private hosts, `host` or `host:port`, that workflows may call. */
  readonly allowedHosts: readonly string[];
  /** Hosts that may have private data: `models`, `api.example`, `*.example`. */
  readonly privateHosts: readonly string[];
  /** What workflows may use as if they stood in them. */
  readonly shared?: SharedDefinitions;
  /** What a minute allows of providers and models; absent: nothing is limited. */
  readonly rateLimits?: RateLimits;
};
