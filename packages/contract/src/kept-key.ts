import { z } from 'zod';
import { Timestamp } from './value.ts';

/** An API key that the store keeps, by its digest: the key itself is in no answer but the one that makes it. */
export const ApiKeyView = z.object({
  /** Tells it from others of the same name: `anna-3f9c2d1a`. */
  id: z.string(),
  /** Whom it was given to. */
  name: z.string(),
  /** None: it does everything. */
  roles: z.array(z.string()),
  /** The one namespace that it is for; absent: all. */
  namespace: z.string().exactOptional(),
  created_at: Timestamp,
  expires_at: Timestamp.exactOptional(),
  revoked_at: Timestamp.exactOptional(),
});
export type ApiKeyView = z.infer<typeof ApiKeyView>;

export const ApiKeyList = z.object({ items: z.array(ApiKeyView) });
export type ApiKeyList = z.infer<typeof ApiKeyList>;

/** What `POST /v1/keys` takes. */
export const ApiKeyRequest = z.strictObject({
  name: z.string().regex(/^[A-Za-z][\w.-]{0,99}$/),
  /** One of viewer, runner, editor, admin says what it may do; others behind it who is asked by an approval. */
  roles: z
    .array(z.string().regex(/^[A-Za-z][\w.-]{0,99}$/))
    .max(20)
    .default([]),
  namespace: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/)
    .exactOptional(),
  /** From then on it is good for nothing; until it is revoked when absent. */
  expires_at: z.iso.datetime({ offset: true }).exactOptional(),
});
export type ApiKeyRequest = z.infer<typeof ApiKeyRequest>;

/** A new key, which is shown this once. */
export const NewApiKey = ApiKeyView.extend({ key: z.string() });
export type NewApiKey = z.infer<typeof NewApiKey>;
