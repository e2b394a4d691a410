import type { Instant } from '@telos/core';

export type SearchResult = {
  readonly title: string;
  readonly url: string;
  /** Plain text, at most 500 characters. */
  readonly snippet: string;
  /** ISO 8601, as exact as the provider states it. */
  readonly published?: string;
};

export type SearchQuery = {
  readonly text: string;
  /** 1..20. */
  readonly limit: number;
  /** Nothing published before this is wanted. */
  readonly since?: Instant;
  readonly now: Instant;
  readonly signal: AbortSignal;
};

export interface SearchProvider {
  /** As errors and call records name it. */
  readonly name: string;
  /** Who is asked. */
  readonly host: string;
  /** Results in the provider's order; none when it found nothing. @throws TelosError when it did not answer, with a reason for people. */
  search(query: SearchQuery): Promise<readonly SearchResult[]>;
}

/** Of a base URL that was checked when it was configured. */
export function hostOf(baseUrl: string): string {
  return URL.parse(baseUrl)?.host ?? baseUrl;
}
