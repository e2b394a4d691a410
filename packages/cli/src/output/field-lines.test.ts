import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { fieldLines } from './field-lines.ts';

describe('the fields of a schema', () => {
  it('are told one to a line, with their types, defaults and meaning', () => {
    const schema = z.toJSONSchema(
      z.strictObject({
        min: z.number().default(0.5).describe('The score that passes.'),
        between: z.tuple([z.number(), z.number()]).describe('From and to.'),
        names: z.array(z.string()),
      }),
      { io: 'input' },
    );
    expect(fieldLines(schema, 'taken')).toEqual([
      'min      number        The score that passes. Default 0.5.',
      'between  list          Required. From and to.',
      'names    list of text  Required.',
    ]);
  });
});
