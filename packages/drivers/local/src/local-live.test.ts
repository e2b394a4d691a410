import type { LivePart } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { createLocalLive } from './local-live.ts';

const part = (text: string): LivePart => ({ type: 'text', path: 'a', attempt: 1, text });

describe('live parts in the process', () => {
  it('reach every listener of their run, and no other', () => {
    const live = createLocalLive();
    const seen: string[] = [];
    const note = (name: string) => (heard: LivePart) => seen.push(`${name}:${heard.type === 'text' ? heard.text : ''}`);
    live.subscribe('r1', note('one'));
    live.subscribe('r1', note('two'));
    live.subscribe('r2', note('other'));
    live.publish('r1', part('x'));
    live.publish('nobody listens', part('y'));
    expect(seen).toEqual(['one:x', 'two:x']);
  });

  it('no longer reach a listener that has stopped', () => {
    const live = createLocalLive();
    const seen: LivePart[] = [];
    const listener = (heard: LivePart) => seen.push(heard);
    const [stopFirst] = [live.subscribe('r', listener), live.subscribe('r', listener)];
    stopFirst();
    stopFirst();
    live.publish('r', part('x'));
    expect(seen).toHaveLength(1);
  });

  it('reach the other listeners, and leave the step alone, when one listener fails', () => {
    const live = createLocalLive();
    const seen: LivePart[] = [];
    live.subscribe('r', () => {
      throw new Error('as the test wants');
    });
    live.subscribe('r', (heard) => seen.push(heard));
    live.publish('r', part('x'));
    expect(seen).toHaveLength(1);
  });
});
