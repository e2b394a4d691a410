import { z } from 'zod';
import { modelInstead } from '../judge/by-model.ts';

const text = z.string().trim().min(1).max(2000);
const examples = z.array(text).max(5000);

const TopicOfList = z.union([
  text,
  z.strictObject({
    name: text,
    description: text.optional(),
    examples: examples
      .optional()
      .describe('Texts that are about it, as people write them. Twenty do more than any description.'),
  }),
]);
const list = z.array(TopicOfList).min(1).max(200);

export const TopicParams = z
  .strictObject({
    allow: list.optional().describe('What the text may be about, and nothing else.'),
    deny: list.optional().describe('What the text may not be about.'),
    outside: examples.optional().describe('Texts that are about none of the topics: they sharpen the line.'),
    model: modelInstead.describe('Asks this model instead of comparing with the examples.'),
    min: z.number().min(0).max(1).default(0.5).describe('The score that passes, inclusive.'),
  })
  .refine(({ allow, deny }) => (allow ?? deny) !== undefined, { message: 'give `allow`, `deny` or both' });

export type TopicParams = z.infer<typeof TopicParams>;

export type Topic = {
  readonly name: string;
  readonly description?: string;
  /** What it is known by: its name, its description, its examples. */
  readonly texts: readonly string[];
};

export function topicsOf(written: TopicParams['allow']): readonly Topic[] {
  return (written ?? []).map((topic) => {
    if (typeof topic === 'string') return { name: topic, texts: [topic] };
    const { name, description, examples: given = [] } = topic;
    return {
      name,
      ...(description === undefined ? {} : { description }),
      texts: [name.replaceAll('_', ' '), ...(description === undefined ? [] : [description]), ...given],
    };
  });
}
