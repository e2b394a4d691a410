import type { Live, LivePart } from '@telos/core';
import { expect } from 'vitest';
import { aRunId } from '../builders/runs.ts';
import { describeSuite } from '../suite.ts';
import type { SuiteOptions, SuiteTest } from '../suite.ts';

export type OpenLive = Live & { close?(): Promise<void> };

/** The promises of `Live` within a process, one test each. */
export function describeLive(name: string, create: () => Promise<OpenLive>, options?: SuiteOptions): void {
  describeSuite<OpenLive>(
    `live parts ${name}`,
    { open: create, dispose: async (live) => live.close?.() },
    { 'in the process': liveTests },
    options,
  );
}

export function aTextPart(text: string): LivePart {
  return { type: 'text', path: 'a', attempt: 1, text };
}

function liveTests(test: SuiteTest<OpenLive>): void {
  test('reach every listener of their run, and no other', async (live) => {
    const [run, other] = [aRunId(), aRunId()];
    const seen: string[] = [];
    const note = (who: string) => (heard: LivePart) => seen.push(`${who}:${heard.type === 'text' ? heard.text : ''}`);
    live.subscribe(run, note('one'));
    live.subscribe(run, note('two'));
    live.subscribe(other, note('other'));
    live.publish(run, aTextPart('x'));
    live.publish(aRunId(), aTextPart('y'));
    expect(seen).toEqual(['one:x', 'two:x']);
  });

  test('are pieces of thoughts and of calls as well as of text', async (live) => {
    const run = aRunId();
    const seen: LivePart[] = [];
    live.subscribe(run, (heard) => seen.push(heard));
    const parts: readonly LivePart[] = [
      { type: 'thought', path: 'a', attempt: 1, text: 'Hm.' },
      { type: 'tool_call_piece', path: 'a', attempt: 1, index: 0, name: 'look', text: '{"at":' },
    ];
    for (const part of parts) live.publish(run, part);
    expect(seen).toEqual(parts);
  });

  test('no longer reach a listener that has stopped', async (live) => {
    const run = aRunId();
    const seen: LivePart[] = [];
    const listener = (heard: LivePart) => seen.push(heard);
    const [stopFirst] = [live.subscribe(run, listener), live.subscribe(run, listener)];
    stopFirst();
    stopFirst();
    live.publish(run, aTextPart('x'));
    expect(seen).toHaveLength(1);
  });

  test('reach the other listeners, and leave the step alone, when one listener fails', async (live) => {
    const run = aRunId();
    const seen: LivePart[] = [];
    live.subscribe(run, () => {
      throw new Error('as the test wants');
    });
    live.subscribe(run, (heard) => seen.push(heard));
    live.publish(run, aTextPart('x'));
    expect(seen).toHaveLength(1);
  });
}
