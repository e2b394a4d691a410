import { anyJson } from '@telos/core';
import type { Json, Tool } from '@telos/core';
import { z } from 'zod';

const input = z.strictObject({ value: anyJson.describe('Usually built from expressions.') });

/** Gives its value: a step whose whole work is done by the expressions in it. */
export const transformTool: Tool<z.infer<typeof input>, Json> = {
  name: 'transform',
  description: 'Gives its value, after the expressions in it were evaluated. Use it to shape data between steps.',
  input,
  output: anyJson,
  effect: 'read',
  returns: [],
  echoes: 'value',
  idempotent: false,
  spendsNothing: true,
  run: ({ value }) => Promise.resolve(value),
};
