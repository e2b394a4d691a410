/** Effects: what may have happened once is not done again, whatever the reason to try again would be. */
import { TelosError } from '@telos/core';
import type { AnyTool, Effect } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngine } from './engine.ts';
import type { Engine } from './engine.ts';

let engine: Engine;
afterEach(() => engine.close());

const step = (policies: string): string => `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act, ${policies} }`;
const retry = 'retry: { max: 3, delay: 1ms, jitter: false }';
const key = 'idempotency_key: "order-${{ run.id }}"';

/** A tool whose effect happens and whose answer is then lost on the way, or is not what the gate wants. */
function sending(effect: Effect, sent: string[], answer: 'lost' | 'poor'): Partial<AnyTool> {
  return {
    effect,
    idempotent: true,
    run(_input, { idempotencyKey }) {
      sent.push(idempotencyKey);
      return answer === 'poor' ? Promise.resolve('poor') : Promise.reject(new TelosError('STEP_TIMEOUT', 'No answer.'));
    },
  };
}

async function attemptsOf(tool: (sent: string[]) => Partial<AnyTool>, policies: string) {
  const sent: string[] = [];
  engine = await openEngine({ tools: { act: tool(sent) } });
  const run = await engine.start(step(policies));
  const ended = engine.ended(run);
  // Lets every retry become due that there may be.
  for (let turn = 0; turn < 20; turn++) {
    await engine.clock.advance(10);
    await new Promise(setImmediate);
  }
  return { sent, state: await ended };
}

describe('a step that fails after its call', () => {
  it.each([
    ['an irreversible one', 'irreversible', `${retry}, ${key}`],
    ['a write without a key', 'write', retry],
    ['a reading tool that the step states to be irreversible', 'read', `${retry}, effect: irreversible`],
  ] as const)('is not tried again: %s', async (_, effect, policies) => {
    const { sent, state } = await attemptsOf((sent) => sending(effect, sent, 'lost'), policies);
    expect(sent).toHaveLength(1);
    expect(state.phase).toMatchObject({
      status: 'failed',
      error: { code: 'STEP_TIMEOUT', message: expect.stringContaining('may have happened') },
    });
  });

  it.each([
    ['a write with a key that its tool honours, always under the same key', 'write', `${retry}, ${key}`],
    ['one that only reads', 'read', retry],
  ] as const)('is tried again: %s', async (_, effect, policies) => {
    const { sent } = await attemptsOf((sent) => sending(effect, sent, 'lost'), policies);
    expect(sent).toHaveLength(3);
    expect(new Set(sent).size).toBe(1);
  });

  it('is tried again when its call, as the tool says of the input, only read', async () => {
    const { sent } = await attemptsOf(
      (sent) => ({ ...sending('irreversible', sent, 'lost'), effectOf: () => 'read' }),
      retry,
    );
    expect(sent).toHaveLength(3);
  });
});

describe('a gate with repairs', () => {
  const gate = 'gate: { checks: ["output == \'good\'"], on_fail: [{ repair: 2 }, { escalate: some/model }] }';

  it.each(['write', 'irreversible'] as const)('does not have a %s made again for a better output', async (effect) => {
    const { sent, state } = await attemptsOf((sent) => sending(effect, sent, 'poor'), gate);
    expect(sent).toHaveLength(1);
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'GATE_FAILED' } });
    expect(state.steps.get('a')).toMatchObject({ output: { value: 'poor' } });
  });

  it('has a step that only reads repeated as often as it says', async () => {
    const { sent } = await attemptsOf((sent) => sending('read', sent, 'poor'), gate);
    expect(sent).toHaveLength(4);
  });
});
