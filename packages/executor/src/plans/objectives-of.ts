import { isJson } from '@telos/core';
import type { Json, ObjectiveSpec, Program } from '@telos/core';
import { z } from 'zod';

const inWords = z.object({
  objectives: z.array(z.object({ id: z.string(), objective: z.string(), criterion: z.string() })),
});

/** What a plan is to reach. One that was accepted before objectives were part of its program states them in words alone. */
export function objectivesOf({ objectives }: Program, told: Json): readonly ObjectiveSpec[] {
  if (objectives !== undefined) return objectives;
  const read = inWords.safeParse(isJson(told) ? told : undefined);
  return (read.data?.objectives ?? []).map((objective) => ({ ...objective, reads: [] }));
}
