/** API keys that are kept in the store: given out and taken back while servers run. Kept as digests, never themselves. */
import type { Instant } from '../ids.ts';

export type KeptKey = {
  /** Says whose it is and tells it from the others of that name: `anna-3f9c2d1a`. */
  readonly id: string;
  /** SHA-256 of the key, 64 hexadecimal digits. */
  readonly digest: string;
  /** Whom it was given to. */
  readonly name: string;
  readonly roles: readonly string[];
  /** The one namespace that it is for; absent: all. */
  readonly namespace?: string;
  readonly createdAt: Instant;
  /** From then on it is good for nothing. */
  readonly expiresAt?: Instant;
  readonly revokedAt?: Instant;
};

export interface Keys {
  /** Durable when it resolves. The same id twice is one key. */
  add(key: KeptKey): Promise<void>;
  /** All that there were, oldest first: those that were revoked too. */
  list(): Promise<readonly KeptKey[]>;
  /** Whether there is a key of this id that was not revoked before. Durable when it resolves. */
  revoke(id: string, at: Instant): Promise<boolean>;
}
