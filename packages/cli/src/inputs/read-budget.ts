import { TelosError } from '@telos/core';
import type { BudgetSpec } from '@telos/core';
import { durationMs, nearest, sizeOf } from '@telos/language/text';

const readers = {
  usd: (text: string) => plainNumber(text),
  tokens: (text: string) => sizeOf(text) ?? plainNumber(text),
  wall: (text: string) => durationMs(text),
  calls: (text: string) => sizeOf(text) ?? plainNumber(text),
};

const fields = { usd: 'usd', tokens: 'tokens', wall: 'wallMs', calls: 'calls' } as const;

/**
 * Reads `usd=1,tokens=50k,wall=10m,calls=20`. The run fails when it is used up.
 * @throws TelosError USAGE
 */
export function readBudget(text: string): BudgetSpec {
  const budget: { -readonly [K in keyof BudgetSpec]: BudgetSpec[K] } = { onExceeded: 'fail' };
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const [name = '', value = ''] = part.split('=');
    if (!isKind(name)) {
      const near = nearest(name, Object.keys(readers));
      throw wrong(part, near === undefined ? `it knows ${Object.keys(readers).join(', ')}` : `did you mean ${near}?`);
    }
    const amount = readers[name](value);
    if (amount === undefined)
      throw wrong(part, name === 'wall' ? 'expected a duration like 10m' : 'expected a number like 1.5 or 50k');
    budget[fields[name]] = amount;
  }
  return budget;
}

function isKind(name: string): name is keyof typeof readers {
  return Object.hasOwn(readers, name);
}

function plainNumber(text: string): number | undefined {
  return /^\d{1,12}(?:\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
}

function wrong(part: string, why: string): TelosError {
  return new TelosError('USAGE', `--budget does not understand "${part}"; ${why}.`, {
    next: 'Write it like --budget usd=1,tokens=50k.',
  });
}
