import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';
import type { LogSettings } from './log.ts';

function written(settings: LogSettings): readonly string[] {
  const lines: string[] = [];
  const log = createLog(settings, { complain: (text) => lines.push(text), now: () => Date.UTC(2026, 0, 1) });
  log.write('error', 'The store is away.', { code: 'STORE_UNAVAILABLE' });
  log.write('warn', 'A lease was lost.', { run: 'r1' });
  log.write('info', 'run failed', { run: 'r1', step: 'findings[3].search', reason: 'no room', by: undefined });
  log.write('debug', 'step started');
  return lines;
}

describe('the log of a process that stays', () => {
  it('says a problem as its sentence when people read it', () => {
    expect(written({ format: 'text', level: 'warn' })).toEqual(['The store is away.\n', 'A lease was lost.\n']);
  });

  it('dates what is no problem, and names what it is about', () => {
    expect(written({ format: 'text', level: 'info' }).at(-1)).toBe(
      '2026-01-01T00:00:00.000Z run failed run=r1 step=findings[3].search reason="no room"\n',
    );
  });

  it('is an object a line when a program reads it', () => {
    expect(written({ format: 'json', level: 'error' })).toEqual([
      '{"time":"2026-01-01T00:00:00.000Z","level":"error","message":"The store is away.","code":"STORE_UNAVAILABLE"}\n',
    ]);
    expect(written({ format: 'json', level: 'debug' })).toHaveLength(4);
  });
});
