import { z } from 'zod';
import type { Json, JsonObject } from '@telos/core';

/** Any JSON value, as zod reads it. */
export const json = z.json() as z.ZodType<Json>; // z.json() infers a mutable tree; ours is the same tree, readonly

export const jsonObject = z.record(z.string(), json) as z.ZodType<JsonObject>; // as above
