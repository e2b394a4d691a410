import { z } from 'zod';

/** Which model: `provider/model`, `auto`, or several to try in order. */
export const modelInput = z.union([z.string().min(1), z.strictObject({ fallback: z.array(z.string().min(1)).min(1) })]);
