import { z } from 'zod';

/** One page of a list. `next` is the `cursor` of the page that follows; absent on the last. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().exactOptional() });
}

export type PageView<T> = { items: T[]; next?: string };
