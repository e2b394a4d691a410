import { z } from 'zod';
import { closed } from './closed.ts';
import { text } from './scalars.ts';

const several = z.array(text).min(1);

/** A model, an alias, or a strategy over several. */
export const model = z
  .union([
    text,
    closed({
      fallback: several.optional().meta({ description: 'Tried in order until one answers.' }),
      cascade: several.optional(),
      best_of: z.unknown().optional(),
      vote: z.unknown().optional(),
      mixture: z.unknown().optional(),
      route: z.unknown().optional(),
    }),
  ])
  .meta({ description: 'provider/model, an alias of `models:`, `auto`, or { fallback: [...] }.' });
