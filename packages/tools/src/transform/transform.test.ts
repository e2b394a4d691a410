import { describe, expect, it } from 'vitest';
import { recordingContext } from '../testing/recording-context.ts';
import { runTool } from '../testing/run-tool.ts';
import { transformTool } from './transform.ts';

describe('transform', () => {
  it.each([null, 0, '', false, [1, { a: null }], { text: 'x' }])('gives %j as it is', async (value) => {
    expect(await runTool(transformTool, { value }, recordingContext())).toEqual(value);
  });

  it('refuses an input without a value', () => {
    expect(transformTool.input.safeParse({}).success).toBe(false);
  });
});
