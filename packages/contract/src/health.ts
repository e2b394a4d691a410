import { z } from 'zod';

/** `GET /healthz`: the process answers. */
export const Health = z.object({ status: z.literal('ok'), version: z.string() });
export type Health = z.infer<typeof Health>;

/** `GET /readyz`: the store answers too; else 503 with a problem. */
export const Readiness = z.object({ status: z.literal('ready') });
export type Readiness = z.infer<typeof Readiness>;
